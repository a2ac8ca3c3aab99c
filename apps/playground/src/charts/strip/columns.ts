import type { Histogram, LayerReading, Reading } from "gradus/watch";
import type { NetworkView } from "../../lab/protocol.ts";

/** What one column of the picture stands for: a block by its index, the data, or the layer that gives the output. */
export type Part = number | "input" | "output";

/** A column, and the layers of Gradus that it is made of. */
export interface Column {
  readonly part: Part;
  /** In the model's order. */
  readonly paths: readonly string[];
  readonly parameterCount: number;
  /** Of the last layer; undefined before the network is built. */
  readonly outputShape?: readonly number[] | undefined;
}

/** What a reading says about one column. Undefined: does not apply, or was not measured. */
export interface ColumnValues {
  /** Over all parameters of the column's layers. */
  readonly gradientNorm?: number | undefined;
  readonly weightNorm?: number | undefined;
  /** Norm of the change in one step / norm of the weights. */
  readonly updateRatio?: number | undefined;
  /** Shares, 0 to 1, of the last activation. */
  readonly dead?: number | undefined;
  readonly saturated?: number | undefined;
  /** The first measure that is NaN or infinite. */
  readonly notFinite?: keyof LayerReading | undefined;
}

/** Input, blocks and output, from left to right. */
export function columnsOf(view: NetworkView | undefined, blockCount: number): readonly Column[] {
  const parts: readonly Part[] = ["input", ...Array.from({ length: blockCount }, (_, index) => index), "output"];
  return parts.map((part) => {
    if (part === "input" || view === undefined) return { part, paths: [], parameterCount: 0 };
    const own = view.layers.filter(({ block }) => (part === "output" ? block === undefined : block === part));
    return {
      part,
      paths: own.map(({ path }) => path),
      parameterCount: own.reduce((sum, layer) => sum + layer.parameterCount, 0),
      outputShape: own.at(-1)?.outputShape,
    };
  });
}

/** Reads columns out of readings, each reading once. */
export function createColumnReader(columns: readonly Column[]): (reading: Reading) => readonly ColumnValues[] {
  const known = new WeakMap<Reading, readonly ColumnValues[]>();
  return (reading) => {
    const found = known.get(reading) ?? columns.map(({ paths }) => valuesOf(reading, paths));
    known.set(reading, found);
    return found;
  };
}

const MEASURES = ["mean", "variance", "gradientNorm", "weightNorm", "updateNorm"] as const;

function valuesOf({ layers }: Reading, paths: readonly string[]): ColumnValues {
  const squares = { gradientNorm: -1, weightNorm: -1, updateNorm: -1 };
  const values: { -readonly [Key in keyof ColumnValues]: ColumnValues[Key] } = {};
  for (const path of paths) {
    const layer = layers[path];
    if (layer === undefined) continue;
    for (const name of ["gradientNorm", "weightNorm", "updateNorm"] as const) {
      const norm = layer[name];
      if (norm !== undefined) squares[name] = Math.max(0, squares[name]) + norm ** 2;
    }
    values.dead = layer.dead ?? values.dead;
    values.saturated = layer.saturated ?? values.saturated;
    values.notFinite ??= MEASURES.find((name) => layer[name] !== undefined && !Number.isFinite(layer[name]));
  }
  const norm = (name: keyof typeof squares) => (squares[name] === -1 ? undefined : Math.sqrt(squares[name]));
  values.gradientNorm = norm("gradientNorm");
  values.weightNorm = norm("weightNorm");
  const updateNorm = norm("updateNorm");
  if (updateNorm !== undefined && values.weightNorm !== undefined) values.updateRatio = updateNorm / values.weightNorm;
  return values;
}

/** The histogram of a column: of its last layer that has one and is an activation, else of the last that has one. */
export function histogramOf(
  { paths }: Column,
  histograms: Readonly<Record<string, Histogram>>,
  reading: Reading | undefined,
): Histogram | undefined {
  const known = paths.filter((path) => (histograms[path]?.counts.length ?? 0) > 0);
  // only activations have a share of dead units
  const chosen = known.findLast((path) => reading?.layers[path]?.dead !== undefined) ?? known.at(-1);
  return chosen === undefined ? undefined : histograms[chosen];
}

/** The column that a layer belongs to; undefined where the layer is unknown. */
export function columnOfLayer(columns: readonly Column[], path: string | undefined): number | undefined {
  if (path === undefined) return undefined;
  // a failure may name a layer inside one of those that are known
  const index = columns.findIndex(({ paths }) => paths.some((each) => path === each || path.startsWith(`${each}.`)));
  return index < 0 ? undefined : index;
}
