import { formatNumber } from "../../train/progress.ts";
import type { EpochEvent } from "./course.ts";

/** Metrics that are shares: more is better, and they are shown as percentages. */
const SHARE = /(^|\/)(accuracy|top\d+)$/;

export const isShare = (name: string): boolean => SHARE.test(name);

/** A number by epoch: its last value, and its best. */
export interface Score {
  /** `validation/accuracy` */
  readonly name: string;
  readonly last: number;
  readonly best: number;
  readonly bestEpoch: number;
}

type Part = "train" | "validation";

/** What a run is judged by: a share before other numbers, the validation part before the training part, the loss if there is nothing
 *  else. Undefined without an epoch.
 *  @param wanted the name of another metric, `validation/loss`. */
export function scoreOf(epochs: readonly EpochEvent[], wanted?: string): Score | undefined {
  const name = wanted ?? mainMetric(epochs);
  if (name === undefined) return undefined;
  const known = epochs.flatMap((event) => {
    const value = metricOf(event, name);
    return value === undefined ? [] : [{ epoch: event.epoch, value }];
  });
  const last = known.at(-1);
  if (last === undefined) return undefined;
  const isBetter = isShare(name) ? (a: number, b: number) => a > b : (a: number, b: number) => a < b;
  const finite = known.filter(({ value }) => Number.isFinite(value));
  const best = finite.reduce((kept, each) => (isBetter(each.value, kept.value) ? each : kept), finite[0] ?? last);
  return { name, last: last.value, best: best.value, bestEpoch: best.epoch };
}

/** The names of all metrics of a run, in order: `train/loss`, `validation/accuracy`. */
export function metricNames(epochs: readonly EpochEvent[]): readonly string[] {
  const last = epochs.at(-1);
  const of = (part: Part) => Object.keys(last?.[part] ?? {}).map((name) => `${part}/${name}`);
  return [...of("train"), ...of("validation")];
}

function mainMetric(epochs: readonly EpochEvent[]): string | undefined {
  const names = metricNames(epochs);
  const isValidation = (name: string) => name.startsWith("validation/");
  return (
    names.find((name) => isShare(name) && isValidation(name)) ??
    names.find((name) => name === "validation/loss") ??
    names.find(isShare) ??
    names.find((name) => name.endsWith("/loss"))
  );
}

/** The value of `validation/accuracy` in an epoch. */
export function metricOf(event: EpochEvent, name: string): number | undefined {
  const [part, ...rest] = name.split("/");
  const metrics = part === "train" || part === "validation" ? event[part as Part] : undefined;
  const metric = rest.join("/");
  return metrics !== undefined && Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
}

/** 0.9375 of an accuracy -> `93.75 %`, other numbers as `formatNumber`. */
export function formatMetric(name: string, value: number): string {
  return isShare(name) && Number.isFinite(value) ? `${(100 * value).toFixed(2)} %` : formatNumber(value);
}

/** `validation/accuracy` -> `validation accuracy` */
export function metricTitle(name: string): string {
  return name.replace("/", " ");
}
