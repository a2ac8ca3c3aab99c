// Numbers as the page writes them. English and Korean write numbers alike, so that no language is asked for.

const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";
const NO_BREAK = "\u00a0";
const MINUS = "\u2212";

/** Three significant digits: 0.0123, 12.3, 4.56 × 10⁻⁷, 12,345; not finite: NaN, ∞, −∞. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return formatNotFinite(value);
  const size = Math.abs(value);
  if (isPlain(value)) return signed(value, plain(size));
  const [mantissa, exponent] = scientific(size);
  const digits = mantissa === "1" ? power(exponent) : `${mantissa}${NO_BREAK}×${NO_BREAK}${power(exponent)}`;
  return signed(value, digits);
}

/** The same number where there is little room, or where it is spoken: 4.56e-7. */
export function formatShort(value: number): string {
  if (!Number.isFinite(value)) return formatNotFinite(value);
  const size = Math.abs(value);
  if (isPlain(value)) return signed(value, plain(size));
  const [mantissa, exponent] = scientific(size);
  return signed(value, `${mantissa}e${exponent}`);
}

/** 12345 -> 12,345. */
export function formatCount(value: number): string {
  return Number.isFinite(value) ? signed(value, grouped(String(Math.round(Math.abs(value))))) : formatNotFinite(value);
}

/** A share, 0 to 1, in percent: 0%, 3.4%, 100%. Shares that are not quite 0 or 1 are not rounded to them: <0.1%, >99.9%. */
export function formatPercent(share: number): string {
  if (!Number.isFinite(share)) return formatNotFinite(share);
  if (share === 0 || share === 1) return `${share * 100}%`;
  if (share > 0 && share < 0.001) return "<0.1%";
  if (share > 0.999 && share < 1) return ">99.9%";
  return signed(share, `${(Math.abs(share) * 100).toFixed(1)}%`);
}

/** -12 -> 10⁻¹²; 0 -> 1; 1 -> 10. */
export function power(exponent: number): string {
  if (exponent === 0) return "1";
  if (exponent === 1) return "10";
  return `10${[...String(exponent)].map((each) => (each === "-" ? "⁻" : SUPERSCRIPTS[Number(each)])).join("")}`;
}

function formatNotFinite(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  return value > 0 ? "∞" : `${MINUS}∞`;
}

/** Whether digits alone are short and exact enough. */
function isPlain(value: number): boolean {
  const size = Math.abs(value);
  return size === 0 || (size >= 0.001 && size < 1e6);
}

function plain(size: number): string {
  const rounded = size < 1000 && !Number.isInteger(size) ? Number(size.toPrecision(3)) : Math.round(size);
  return Number.isInteger(rounded) ? grouped(String(rounded)) : String(rounded);
}

function scientific(size: number): readonly [mantissa: string, exponent: number] {
  const [digits = "", exponent = ""] = size.toExponential(2).split("e");
  return [String(Number(digits)), Number(exponent)];
}

function grouped(digits: string): string {
  return digits.replace(/\B(?=(\d{3})+$)/g, ",");
}

function signed(value: number, digits: string): string {
  return value < 0 ? `${MINUS}${digits}` : digits;
}
