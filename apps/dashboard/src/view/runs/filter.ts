import type { RunSummary } from "gradus/dashboard-protocol";

type Setting = RunSummary["settings"][string];

/** A condition of the filter. All of them must hold. */
export type Condition =
  | { readonly kind: "word"; readonly word: string; readonly isNot: boolean }
  | { readonly kind: "status"; readonly status: string; readonly isNot: boolean }
  | {
      readonly kind: "setting";
      readonly path: string;
      readonly operator: Operator;
      readonly value: string;
      /** The value, if it is a number. */
      readonly number: number | undefined;
    };

const OPERATORS = ["<=", ">=", "!=", "<", ">", "="] as const;
export type Operator = (typeof OPERATORS)[number];

export interface Filter {
  readonly conditions: readonly Condition[];
  /** Parts that are no condition; they are left out. */
  readonly problems: readonly string[];
}

/** Reads a filter: words (`-word`: without), `status:running`, and settings by the end of their path: `learningRate>0.01`,
 *  `optimizer.type=adam`, `epochs!=10`. Quotes keep a space: `name="two words"`. */
export function parseFilter(text: string): Filter {
  const conditions: Condition[] = [];
  const problems: string[] = [];
  for (const part of partsOf(text)) {
    const condition = conditionOf(part);
    if (condition === undefined) problems.push(part);
    else conditions.push(condition);
  }
  return { conditions, problems };
}

let last: { readonly text: string; readonly filter: Filter } | undefined;

/** As `parseFilter`; the last text is not read again. */
export function filterOf(text: string): Filter {
  if (last?.text !== text) last = { text, filter: parseFilter(text) };
  return last.filter;
}

/** Whether a run meets all conditions. */
export function matches(run: RunSummary, { conditions }: Filter): boolean {
  return conditions.every((condition) => meets(run, condition));
}

/** The parts between spaces; quotes hold a part together and are taken off. */
function partsOf(text: string): readonly string[] {
  return [...text.matchAll(/(?:[^\s"]|"[^"]*"?)+/g)]
    .map(([part]) => part.replaceAll('"', ""))
    .filter((part) => part !== "");
}

function conditionOf(part: string): Condition | undefined {
  const found = /^([^<>=!]+)(<=|>=|!=|<|>|=)(.*)$/.exec(part);
  if (found !== null) {
    const [, path = "", operator = "=", value = ""] = found;
    const number = value.trim() === "" ? Number.NaN : Number(value);
    const isOrder = operator.startsWith("<") || operator.startsWith(">");
    if (value === "" || (isOrder && Number.isNaN(number))) return undefined;
    return {
      kind: "setting",
      path: path.toLowerCase(),
      operator: operator as Operator,
      value: value.toLowerCase(),
      number: Number.isNaN(number) ? undefined : number,
    };
  }
  if (/[<>=!]/.test(part)) return undefined;
  const isNot = part.length > 1 && part.startsWith("-");
  const word = (isNot ? part.slice(1) : part).toLowerCase();
  const status = /^status:(.+)$/.exec(word)?.[1];
  return status === undefined ? { kind: "word", word, isNot } : { kind: "status", status, isNot };
}

function meets(run: RunSummary, condition: Condition): boolean {
  switch (condition.kind) {
    case "word":
      return hasWord(run, condition.word) !== condition.isNot;
    case "status":
      return (run.status === condition.status) !== condition.isNot;
    case "setting": {
      const values = settingsBelow(run, condition.path);
      // a run without the setting differs from every value
      if (condition.operator === "!=") return values.every((value) => !compare(value, { ...condition, operator: "=" }));
      return values.some((value) => compare(value, condition));
    }
  }
}

function hasWord({ name, id, tags, kind, status, settings }: RunSummary, word: string): boolean {
  const has = (text: string) => text.toLowerCase().includes(word);
  if (has(name) || has(id) || kind.startsWith(word) || status.startsWith(word) || tags.some(has)) return true;
  return Object.values(settings).some((value) => typeof value === "string" && has(value));
}

/** The values of settings whose path is the given one, or ends with it after a dot. */
function settingsBelow({ settings }: RunSummary, path: string): readonly Setting[] {
  return Object.entries(settings).flatMap(([each, value]) => {
    const known = each.toLowerCase();
    return known === path || known.endsWith(`.${path}`) ? [value] : [];
  });
}

function compare(
  value: Setting,
  { operator, value: wanted, number }: Extract<Condition, { kind: "setting" }>,
): boolean {
  if (operator === "=" || operator === "!=") {
    const isEqual =
      typeof value === "number" && number !== undefined ? value === number : String(value).toLowerCase() === wanted;
    return isEqual === (operator === "=");
  }
  const known = typeof value === "string" ? Number(value) : value;
  if (typeof known !== "number" || Number.isNaN(known) || number === undefined) return false;
  return ORDER[operator](known, number);
}

const ORDER = {
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
} satisfies Record<Exclude<Operator, "=" | "!=">, (a: number, b: number) => boolean>;
