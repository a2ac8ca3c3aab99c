import { requireKnownName } from "../../core/suggest.ts";
import { isShare } from "./score.ts";
import type { RunOverview } from "./summary.ts";

/** Sorted by the smallest first; runs without the value come last. */
const KEYS = {
  /** The newest first. */
  when: ({ createdAt }) => (createdAt === undefined ? undefined : -createdAt),
  name: ({ name }) => name.toLowerCase(),
  status: ({ status }) => status,
  steps: ({ step }) => step,
  loss: ({ loss }) => loss?.best,
  /** The best first. */
  score: ({ score }) => (score === undefined ? undefined : isShare(score.name) ? -score.best : score.best),
} as const satisfies Readonly<Record<string, (run: RunOverview) => number | string | undefined>>;

export const SORT_KEYS = Object.keys(KEYS) as readonly (keyof typeof KEYS)[];

/** The runs in order of a key, those that are equal by their ids.
 *  @throws GradusError `unknown-field` for another key. */
export function sortRuns(runs: readonly RunOverview[], key: string, isReversed: boolean): readonly RunOverview[] {
  requireKnownName("--sort", "order", key, SORT_KEYS);
  const keyOf: (run: RunOverview) => number | string | undefined = KEYS[key];
  const sign = isReversed ? -1 : 1;
  const isMissing = (value: number | string | undefined) => value === undefined || Number.isNaN(value);
  return runs.toSorted((one, other) => {
    const [a, b] = [keyOf(one), keyOf(other)];
    if (isMissing(a) || isMissing(b)) return Number(isMissing(a)) - Number(isMissing(b)) || order(one.id, other.id);
    return sign * order(a, b) || order(one.id, other.id);
  });
}

function order(a: number | string | undefined, b: number | string | undefined): number {
  if (typeof a === "string" && typeof b === "string") return a < b ? -1 : a > b ? 1 : 0;
  return Number(a) - Number(b);
}
