import { GradusError } from "../../core/errors.ts";
import { requireKnownName } from "../../core/suggest.ts";
import type { Setting } from "../../runs/flat-settings.ts";
import type { RunStatus } from "../../runs/types.ts";
import type { RunOverview } from "./summary.ts";

const STATUSES = ["running", "finished", "stopped", "failed", "killed", "unknown"] as const satisfies RunStatus[];

/** What `gradus runs` is asked to list. Every condition must hold; of several statuses one. */
export interface FilterFlags {
  readonly status?: readonly string[];
  /** `optimizer.learningRate=0.01`, `epochs>=20`, `optimizer.type!=sgd` */
  readonly where?: readonly string[];
  readonly tag?: readonly string[];
  /** Part of the name, or a pattern with * and ?. */
  readonly name?: string;
}

type Test = (run: RunOverview) => boolean;

/** @throws GradusError `unknown-field` for a status that does not exist; `bad-argument` for a condition that cannot be read. */
export function filterOf({ status = [], where = [], tag = [], name }: FilterFlags): Test {
  for (const each of status) requireKnownName("--status", "status", each, STATUSES);
  const tests: Test[] = where.map(conditionOf);
  if (status.length > 0) tests.push((run) => status.includes(run.status));
  for (const each of tag) tests.push(({ tags }) => tags.includes(each));
  if (name !== undefined) {
    const matches = patternOf(name);
    tests.push((run) => matches(run.name) || matches(run.id));
  }
  return (run) => tests.every((test) => test(run));
}

const COMPARE: Readonly<Record<string, (difference: number) => boolean>> = {
  "=": (difference) => difference === 0,
  "!=": (difference) => difference !== 0,
  "<": (difference) => difference < 0,
  "<=": (difference) => difference <= 0,
  ">": (difference) => difference > 0,
  ">=": (difference) => difference >= 0,
};

/** One condition on a setting. A run without the setting does not meet it, unless the condition is `!=`. */
function conditionOf(text: string): Test {
  const [, path = "", operator = "", wanted = ""] = /^\s*([^=!<>\s]+)\s*(!=|<=|>=|=|<|>)\s*(.*?)\s*$/s.exec(text) ?? [];
  const test = COMPARE[operator];
  if (test === undefined || wanted === "") {
    throw new GradusError(
      "bad-argument",
      `--where: expected a setting and its value, such as optimizer.learningRate=0.01 or epochs>=20, got "${text}".`,
      { where: text },
    );
  }
  return ({ settings }) => {
    const value = Object.hasOwn(settings, path) ? settings[path] : undefined;
    if (value === undefined) return operator === "!=";
    return test(differenceOf(value, wanted));
  };
}

/** Numbers are compared as numbers, everything else as text: < 0, 0, > 0; NaN if they have no order. */
function differenceOf(value: Setting, wanted: string): number {
  if (typeof value === "number") return value - Number(wanted);
  const text = typeof value === "string" ? value : JSON.stringify(value);
  return text === wanted ? 0 : text < wanted ? -1 : 1;
}

/** Whether a name contains the text or, with * and ?, matches it as a whole; capitals make no difference. */
function patternOf(pattern: string): (name: string) => boolean {
  const lower = pattern.toLowerCase();
  if (!/[*?]/.test(lower)) return (name) => name.toLowerCase().includes(lower);
  return (name) => matchesWildcards(name.toLowerCase(), lower);
}

/** Greedy matching with one place to go back to: time of at most text times pattern, where a regular expression may take exponential
 *  time. */
function matchesWildcards(text: string, pattern: string): boolean {
  let [at, next, star, resume] = [0, 0, -1, 0];
  while (at < text.length) {
    const wanted = pattern[next];
    if (wanted === "?" || (wanted === text[at] && wanted !== "*")) {
      at++;
      next++;
    } else if (wanted === "*") {
      star = next++;
      resume = at;
    } else if (star >= 0) {
      next = star + 1;
      at = ++resume;
    } else return false;
  }
  while (pattern[next] === "*") next++;
  return next === pattern.length;
}
