import { createHash } from "node:crypto";
import type { Expectation, FaultyCase } from "./case.ts";
import type { CaseLine, FailedLine } from "./line.ts";

/** The marks of one case. Undefined: not applicable. */
export interface Mark {
  readonly name: string;
  readonly title: string;
  readonly healthy: boolean;
  /** Some finding names one of the problems that the case has. */
  readonly diagnosed?: boolean;
  /** One of the first two remedies is one that helps. */
  readonly prescribed?: boolean;
  /** A curable case was proven cured. */
  readonly cured?: boolean;
  /** A healthy case was called sick. */
  readonly accused?: boolean;
  readonly seconds: number;
  /** The answer, in short. */
  readonly said: string;
}

/** Shares of the cases of a set; null if there are none to count. */
export interface Summary {
  readonly cases: number;
  readonly sick: number;
  readonly diagnosed: number | null;
  readonly prescribed: number | null;
  readonly curable: number;
  readonly cured: number | null;
  readonly healthy: number;
  readonly accused: number;
  readonly seconds: number;
}

/** Compares the answer on a case with the expectations of its author. A failed case has no right answer and is no false alarm.
 *  @param tried whether the prescriptions were tried; without a trial nothing can be proven, and cures are not counted. */
export function mark(
  faulty: Pick<FaultyCase, "name" | "title">,
  expect: Expectation,
  line: CaseLine | FailedLine,
  tried = true,
): Mark {
  const { name, title = "" } = faulty;
  const failed = "error" in line;
  const findings = failed ? [] : line.findings.map(({ problem }) => problem);
  const prescriptions = failed ? [] : line.prescriptions;
  const told = failed
    ? `error: ${line.error}`
    : `${findings.join(" ") || "-"} -> ${prescriptions.slice(0, 3).join(" ") || "-"} (${line.verdict}, ${line.before} to ${line.after})`;
  const common = { name, title, healthy: expect.healthy, seconds: failed ? 0 : line.seconds, said: told };
  if (expect.healthy) return { ...common, accused: findings.length > 0 };
  return {
    ...common,
    diagnosed: findings.some((problem) => expect.problems.includes(problem)),
    prescribed: prescriptions.slice(0, 2).some((remedy) => expect.remedies.includes(remedy)),
    ...(expect.curable && tried ? { cured: !failed && line.verdict === "cured" } : {}),
  };
}

export function summarize(marks: readonly Mark[]): Summary {
  const share = (answers: readonly (boolean | undefined)[]): number | null => {
    const asked = answers.filter((answer) => answer !== undefined);
    return asked.length === 0 ? null : Number((asked.filter(Boolean).length / asked.length).toFixed(3));
  };
  return {
    cases: marks.length,
    sick: marks.filter(({ healthy }) => !healthy).length,
    diagnosed: share(marks.map(({ diagnosed }) => diagnosed)),
    prescribed: share(marks.map(({ prescribed }) => prescribed)),
    curable: marks.filter(({ cured }) => cured !== undefined).length,
    cured: share(marks.map(({ cured }) => cured)),
    healthy: marks.filter(({ healthy }) => healthy).length,
    accused: marks.filter(({ accused }) => accused).length,
    seconds: Number(marks.reduce((sum, { seconds }) => sum + seconds, 0).toFixed(1)),
  };
}

const SIGNS = new Map<boolean | undefined, string>([
  [true, "yes"],
  [false, "NO"],
  [undefined, "-"],
]);

const COLUMNS = ["case", "diagnosed", "prescribed", "cured", "accused", "seconds", "said"] as const;
const WIDTHS = [26, 10, 11, 6, 8, 8, 0];

const rowOf = (cells: readonly string[]): string =>
  cells
    .map((cell, column) => `${cell} `.padEnd(WIDTHS[column] as number))
    .join("")
    .trimEnd();

export const TABLE_HEADER = rowOf(COLUMNS);

/** A mark as one row of a table, which can be printed as soon as it is known. */
export function tableRow({ name, diagnosed, prescribed, cured, accused, seconds, said }: Mark): string {
  const answers = [diagnosed, prescribed, cured].map((answer) => SIGNS.get(answer) as string);
  return rowOf([name, ...answers, accused === undefined ? "-" : accused ? "YES" : "no", seconds.toFixed(1), said]);
}

/** Whether a case belongs to the held-out third: the first 32 bits of the SHA-256 of its name are a multiple of 3. These cases are not
 *  inspected while rules and thresholds are chosen. */
export function isHeldOut(name: string): boolean {
  return createHash("sha256").update(name).digest().readUInt32BE(0) % 3 === 0;
}
