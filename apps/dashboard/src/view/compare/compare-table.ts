import type { RunSummary } from "gradus/dashboard-protocol";
import { bestOf, directionOf } from "../runs/scores.ts";

type Setting = RunSummary["settings"][string];

/** What is compared: a setting, or the result in a measure. */
export interface Line {
  readonly kind: "setting" | "score";
  /** The setting's path, or the measure. */
  readonly name: string;
  /** Of scores: which value of the measure it is. */
  readonly which: "last" | "least" | "most" | undefined;
  /** For each run its value; undefined: it has none. */
  readonly values: readonly (Setting | undefined)[];
  /** The runs whose value is the best, if there is a better and a worse. */
  readonly best: ReadonlySet<number>;
  readonly isEqual: boolean;
}

/** Results and settings of the runs, line by line. Results: of each measure by epoch, and of the loss, the best value where the name of the
 *  measure says what is better, else the last.
 *  @param withEqual also the settings that are equal in all of the runs. */
export function compareRuns(runs: readonly RunSummary[], withEqual: boolean): readonly Line[] {
  const settings = settingLines(runs).filter(({ isEqual }) => withEqual || !isEqual);
  return [...scoreLines(runs), ...settings];
}

function settingLines(runs: readonly RunSummary[]): readonly Line[] {
  const all = [...new Set(runs.flatMap(({ settings }) => Object.keys(settings)))];
  // layers have many settings, and would hide the others
  const isLayer = (path: string) => /(^|\.)layers\./.test(path);
  const paths = [...all.filter((path) => !isLayer(path)), ...all.filter(isLayer)];
  return paths.map((name) => {
    const values = runs.map(({ settings }) => (Object.hasOwn(settings, name) ? settings[name] : undefined));
    // a log without settings says nothing about them
    const known = values.filter((_, index) => Object.keys(runs[index]?.settings ?? {}).length > 0);
    const isEqual = known.every((value) => Object.is(value, known[0]));
    return { kind: "setting", name, which: undefined, values, best: new Set(), isEqual };
  });
}

/** Measures whose results are compared: those that have a better and a worse. */
function scoreLines(runs: readonly RunSummary[]): readonly Line[] {
  const names = [...new Set(runs.flatMap(({ measures }) => measures.map(({ name }) => name)))];
  const scores = names.filter((name) => directionOf(name) !== undefined);
  return scores
    .sort((a, b) => rank(a) - rank(b))
    .map((name) => {
      const direction = directionOf(name);
      const measures = runs.map(({ measures: known }) => known.find((each) => each.name === name));
      const values = measures.map((measure) => (measure === undefined ? undefined : (bestOf(measure) ?? undefined)));
      const finite = values.filter((value) => typeof value === "number");
      const target = direction === "less" ? Math.min(...finite) : Math.max(...finite);
      const isEqual = values.every((value) => Object.is(value, values[0]));
      const best = new Set(
        isEqual || finite.length < 2 ? [] : values.flatMap((value, index) => (value === target ? [index] : [])),
      );
      return { kind: "score", name, which: direction === "less" ? "least" : "most", values, best, isEqual };
    });
}

/** Results on unseen samples first; the loss of single steps last, as its least value is one batch's luck. */
function rank(measure: string): number {
  if (/^(test)[/_.-]/i.test(measure)) return 0;
  if (/^(validation|val|eval)[/_.-]/i.test(measure)) return 1;
  if (/^(ema|swa)[/_.-]/i.test(measure)) return 2;
  return measure === "loss" ? 4 : 3;
}

/** The order of the runs by one line, as indices: the best or smallest first; runs without a value last. */
export function orderBy({ values, name, kind }: Line, isReversed: boolean): readonly number[] {
  const sign = (kind === "score" && directionOf(name) === "more" ? -1 : 1) * (isReversed ? -1 : 1);
  const indices = [...values.keys()];
  return indices.sort((a, b) => {
    const [first, second] = [values[a], values[b]];
    if (first === undefined || second === undefined) return Number(first === undefined) - Number(second === undefined);
    if (typeof first === "number" && typeof second === "number") return sign * (first - second);
    const [one, other] = [String(first), String(second)];
    return sign * (one < other ? -1 : one > other ? 1 : 0);
  });
}
