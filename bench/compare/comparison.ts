import { GradusError } from "../../src/core/errors.ts";
import type { Figure } from "../child.ts";
import { median } from "../numbers.ts";
import { FORMS, type FormName } from "./torch.ts";

/** A form that never came within this factor of the best one is measured no more. */
const WORTH_MEASURING = 1.3;

/** One round: every process that took its turn. */
export interface Round {
  readonly ours: Figure;
  readonly peers: Readonly<Partial<Record<FormName, Figure>>>;
  /** limits of the machine in this round; networks are compared with their floor */
  readonly machine: { readonly peak_gflops: number; readonly copy_gb_per_s: number };
  /** share of the cores that other programs used just before it */
  readonly busy: number;
}

/** Where the rounds were measured: figures of different circumstances are never joined. */
export interface Circumstances {
  readonly processor: string;
  /** of our backend: `native`, `wasm` */
  readonly backend: string;
  /** its vectors, in words */
  readonly description: string;
  readonly threads: number;
  readonly node: string;
  readonly torch: string;
  readonly libraries: readonly string[];
}

/** All rounds of a workload, as the JSON line holds them. */
export interface Comparison {
  readonly workload: string;
  readonly circumstances: Circumstances;
  readonly rounds: readonly Round[];
  /** forms that do not run here, with the reason */
  readonly failed: Readonly<Partial<Record<FormName, string>>>;
}

/** The forms of the peer that the next round measures: those that nothing is known about, and those near the best. */
export function formsToMeasure(
  { rounds, failed }: Pick<Comparison, "rounds" | "failed">,
  isProduct: boolean,
): readonly FormName[] {
  const names = (Object.keys(FORMS) as FormName[]).filter((form) => !isProduct || FORMS[form].ofProducts);
  const able = names.filter((form) => failed[form] === undefined);
  // the least of a form's times: one disturbed run does not shut it out
  const times = new Map(able.map((form) => [form, leastOf(rounds, form)]));
  const best = Math.min(...times.values());
  return able.filter((form) => {
    const ms = times.get(form) as number;
    return ms === Number.POSITIVE_INFINITY || ms <= WORTH_MEASURING * best;
  });
}

function figuresOf(rounds: readonly Round[], form: FormName): readonly Figure[] {
  return rounds.flatMap(({ peers }) => peers[form] ?? []);
}

const medianOf = (rounds: readonly Round[], form: FormName): number =>
  median(figuresOf(rounds, form).map(({ ms }) => ms));

const leastOf = (rounds: readonly Round[], form: FormName): number =>
  Math.min(...figuresOf(rounds, form).map(({ ms }) => ms));

/** The peer's best form by its median, among those that took part in the most rounds; undefined if none did. */
export function bestForm({ rounds }: Pick<Comparison, "rounds">): FormName | undefined {
  const counts = (Object.keys(FORMS) as FormName[]).map((form) => ({ form, count: figuresOf(rounds, form).length }));
  const most = Math.max(1, ...counts.map(({ count }) => count));
  const steady = counts.filter(({ count }) => count === most).map(({ form }) => form);
  return steady.sort((a, b) => medianOf(rounds, a) - medianOf(rounds, b))[0];
}

/** Joins lines of one workload, in their order.
 *  @throws GradusError `bad-data` if they were measured in different circumstances. */
export function joinComparisons(lines: readonly Comparison[]): ReadonlyMap<string, Comparison> {
  const joined = new Map<string, Comparison>();
  for (const line of lines) {
    const known = joined.get(line.workload);
    requireSame(line, [...joined.values()][0] ?? line);
    const rounds = [...(known?.rounds ?? []), ...line.rounds];
    joined.set(line.workload, { ...line, rounds, failed: { ...known?.failed, ...line.failed } });
  }
  return joined;
}

/** @throws GradusError `bad-data` with the first circumstance that differs. */
export function requireSame(line: Comparison, first: Pick<Comparison, "workload" | "circumstances">): void {
  for (const [name, value] of Object.entries(first.circumstances)) {
    const own = line.circumstances[name as keyof Circumstances];
    if (JSON.stringify(own) === JSON.stringify(value)) continue;
    throw new GradusError(
      "bad-data",
      `${line.workload} was measured with ${name} ${JSON.stringify(own)}, ${first.workload} with ${JSON.stringify(value)}: these do not belong in one table.`,
      { name, own, value },
    );
  }
}

/** Largest quotient of the first losses of two equal networks: initial weights differ, by a factor of 2.4 in their deviation for ReLU. */
const SAME_ORDER = 4;

/** Checks that both sides trained networks of the same kind.
 *  @throws GradusError `bad-data` if the losses of their first steps are of another order. */
export function requireSameNetwork(workload: string, ours: Figure, theirs: Figure): void {
  if (ours.first_loss === undefined || theirs.first_loss === undefined) return;
  const quotient = ours.first_loss / theirs.first_loss;
  if (quotient < SAME_ORDER && quotient > 1 / SAME_ORDER) return;
  throw new GradusError(
    "bad-data",
    `${workload}: our first loss is ${ours.first_loss}, the peer's ${theirs.first_loss}. These are not the same network.`,
    { workload, ours: ours.first_loss, theirs: theirs.first_loss },
  );
}
