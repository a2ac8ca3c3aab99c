const SUPERSCRIPT = "\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079";

/** Three significant digits: 0.0123, 12.3, 4.56 × 10⁻⁷; not finite: NaN, ∞. */
export function formatNumber(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "\u221e" : "-\u221e";
  if (Number.isInteger(value) && Math.abs(value) < 1e6) return formatCount(value);
  const size = Math.abs(value);
  if (size >= 0.001 && size < 1e6)
    return grouped(size < 1000 ? String(Number(value.toPrecision(3))) : value.toFixed(0));
  const [digits, exponent] = value.toExponential(2).split("e") as [string, string];
  const mantissa = String(Number(digits));
  return mantissa === "1" ? power(Number(exponent)) : `${mantissa}\u00a0\u00d7\u00a0${power(Number(exponent))}`;
}

/** 12345 -> 12,345. */
export function formatCount(value: number): string {
  return Number.isFinite(value) ? grouped(String(Math.round(value))) : formatNumber(value);
}

/** -12 -> 10⁻¹². */
export function power(exponent: number): string {
  return `10${[...String(exponent)].map((each) => (each === "-" ? "\u207b" : SUPERSCRIPT[Number(each)])).join("")}`;
}

function grouped(digits: string): string {
  const [whole = "", fraction] = digits.split(".");
  const text = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return fraction === undefined ? text : `${text}.${fraction}`;
}
