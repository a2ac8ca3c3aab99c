import { largest, smallest } from "../../core/extremes.ts";
import { formatNumber, renderBar } from "../../train/progress.ts";
import { type Line, padded, span } from "./spans.ts";

/** A layer and one of its numbers. */
export interface LayerValue {
  readonly path: string;
  readonly type: string;
  readonly value: number;
}

const MOST_NAME_COLUMNS = 24;
const VALUE_COLUMNS = 8;
const LEAST_BAR = 8;

/** The whole decades that hold all positive values: [-6, 0] for 3e-6 … 0.4. Undefined without a positive value. */
export function decadesOf(values: readonly number[]): readonly [number, number] | undefined {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  if (positive.length === 0) return undefined;
  const low = Math.floor(Math.log10(smallest(positive)));
  // not -0
  const high = Math.ceil(Math.log10(largest(positive))) + 0;
  return [low, Math.max(high, low + 1)];
}

/** Bars on a log scale, one layer a line: as many as there are lines, the first and the last layers, with a line that counts those left
 *  out. */
export function layerBars(values: readonly LayerValue[], columns: number, rows: number): readonly Line[] {
  const nameOf = ({ path, type }: LayerValue) => `${path} ${type}`;
  const names = Math.min(MOST_NAME_COLUMNS, Math.max(0, largest(values.map((each) => nameOf(each).length))));
  const cells = columns - names - VALUE_COLUMNS - 3;
  const decades = decadesOf(values.map(({ value }) => value));
  const bar = (value: number) => {
    if (cells < LEAST_BAR) return "";
    if (decades === undefined || !(value > 0)) return " ".repeat(cells + 1);
    const [low, high] = decades;
    const share = Number.isFinite(value) ? (Math.log10(value) - low) / (high - low) : 1;
    // the least value is seen, too
    return `${renderBar(Math.max(share, 1 / (8 * cells)), cells).replaceAll("·", " ")} `;
  };
  const draw = (each: LayerValue): Line => {
    const isWhole = Number.isFinite(each.value);
    return [
      span(`${padded(nameOf(each), names)} `),
      span(bar(each.value), isWhole ? "cyan" : "red"),
      span(formatNumber(each.value).padStart(VALUE_COLUMNS), isWhole ? undefined : "red"),
    ];
  };
  if (values.length <= rows) return values.map(draw);
  const kept = Math.max(2, rows - 1);
  const first = Math.ceil(kept / 2);
  return [
    ...values.slice(0, first).map(draw),
    [span(`… ${values.length - kept} more`, "dim")],
    ...values.slice(values.length - (kept - first)).map(draw),
  ];
}

/** The ends of the bars' scale, for their title: `1e-6 … 1`. */
export function scaleOf(values: readonly LayerValue[]): string {
  const decades = decadesOf(values.map(({ value }) => value));
  return decades === undefined ? "" : `${power(decades[0])} … ${power(decades[1])}`;
}

const power = (exponent: number) => (Math.abs(exponent) <= 3 ? String(10 ** exponent) : `1e${exponent}`);
