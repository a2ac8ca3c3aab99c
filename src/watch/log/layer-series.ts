import { euclideanNorm } from "../../core/extremes.ts";
import type { LayerReading } from "../record.ts";
import { activationReading, boundsOf } from "./activations.ts";
import { normOf, type Series } from "./series.ts";

/** The values of layers in a log, by step. */
export interface LayerSeries {
  /** In the model's order, as far as the log shows it. */
  readonly paths: readonly string[];
  readonly byStep: ReadonlyMap<number, Readonly<Record<string, LayerReading>>>;
  /** Norm of the whole gradient by step, if it or the gradients of layers are logged. */
  readonly gradientNorms: ReadonlyMap<number, number>;
}

const NORMS = { gradient: "gradientNorm", weight: "weightNorm", update: "updateNorm" } as const;

const SHARES = { zeros: "zeros", dead: "dead", saturated: "saturated" } as const;

type Draft = { -readonly [Field in keyof LayerReading]: LayerReading[Field] };

/** Joins the series of layers. The parameters of a layer share one norm: the root of the sum of squares. */
export function layerSeries(series: readonly Series[]): LayerSeries {
  const paths = modelOrder([...new Set(series.flatMap(({ meaning }) => pathOf(meaning) ?? []))]);
  const drafts = new Map<number, Map<string, Draft>>();
  const whole = new Map<number, number>();
  const draftAt = (step: number, path: string): Draft => {
    const layers = drafts.get(step) ?? new Map<string, Draft>();
    drafts.set(step, layers);
    const draft = layers.get(path) ?? {};
    layers.set(path, draft);
    return draft;
  };
  for (const { meaning, points } of series) {
    if (meaning === undefined) continue;
    const path = pathOf(meaning);
    const bounds = meaning.kind === "activation" ? boundsOf(meaning.layer, points) : undefined;
    for (const { step, value } of points) {
      if (meaning.kind === "gradient" && path === undefined) whole.set(step, normOf(value));
      if (path === undefined) continue;
      const draft = draftAt(step, path);
      if (Object.hasOwn(NORMS, meaning.kind)) {
        const field = NORMS[meaning.kind as keyof typeof NORMS];
        draft[field] = Math.hypot(draft[field] ?? 0, normOf(value));
      } else if (Object.hasOwn(SHARES, meaning.kind) && typeof value === "number") {
        draft[SHARES[meaning.kind as keyof typeof SHARES]] = value;
      } else if (meaning.kind === "activation" && typeof value !== "number") {
        Object.assign(draft, activationReading(value, bounds));
      }
    }
  }
  const gradientNorms = whole.size > 0 ? whole : new Map<number, number>();
  const byStep = new Map<number, Readonly<Record<string, LayerReading>>>();
  for (const [step, layers] of drafts) {
    const ordered = paths.flatMap((path) =>
      layers.has(path) ? [[path, layers.get(path) as LayerReading] as const] : [],
    );
    byStep.set(step, Object.fromEntries(ordered));
    if (whole.size > 0) continue;
    const norms = ordered.map(([, { gradientNorm }]) => gradientNorm).filter((norm) => norm !== undefined);
    if (norms.length > 0) gradientNorms.set(step, euclideanNorm(norms));
  }
  return { paths, byStep, gradientNorms };
}

function pathOf(meaning: Series["meaning"]): string | undefined {
  return meaning !== undefined && "layer" in meaning ? meaning.layer : undefined;
}

/** Logs keep the order in which layers were logged, which is the model's, unless a tool sorted the names (10 before 2), or hooks
 *  logged them from the last to the first. In that case the numbers decide. */
export function modelOrder(paths: readonly string[]): readonly string[] {
  const isSorted = paths.every((path, index) => index === 0 || (paths[index - 1] as string) < path);
  const stems = new Set(paths.map((path) => path.replace(/\d+/g, "#")));
  // one stem: layers.0, layers.1, …; Keras omits the number of the first: dense, dense_1
  const areNumbered =
    paths.length > 1 && (stems.size === 1 || new Set([...stems].map((stem) => stem.replace(/_?#$/, ""))).size === 1);
  if (!areNumbered && !isSorted) return paths;
  return [...paths].sort((a, b) => a.localeCompare(b, "en", { numeric: true }));
}
