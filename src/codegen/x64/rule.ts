import type { Emitter } from "./emitter.ts";
import type { Of, Simple } from "./flatten.ts";
import type { Needs } from "./intervals.ts";

/** How a target writes one kind of instruction. */
export interface Rule<I> {
  readonly needs?: Needs | ((instruction: I) => Needs);
  readonly emit: (e: Emitter, instruction: I) => void;
}

export type Rules = { readonly [O in Simple["op"]]: Rule<Of<O>> };

export function ruleOf(rules: Rules, instruction: Simple): Rule<Simple> {
  return rules[instruction.op] as unknown as Rule<Simple>;
}

export function needsOf(rules: Rules, instruction: Simple): Needs {
  const { needs } = ruleOf(rules, instruction);
  return (typeof needs === "function" ? needs(instruction) : needs) ?? NOTHING;
}

const NOTHING: Needs = {};
