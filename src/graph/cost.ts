import type { Op } from "./node.ts";

/** Approximate cost of computing one element, in multiply-adds, of operations that are not as cheap as one. */
const COST: Partial<Record<Op, number>> = {
  exp: 10,
  log: 12,
  tanh: 12,
  sigmoid: 12,
  erf: 16,
  sin: 14,
  cos: 14,
  pow: 30,
  div: 4,
  sqrt: 4,
};

/** Approximate cost of computing one element, in multiply-adds. */
export function costOf(op: Op): number {
  return COST[op] ?? 1;
}
