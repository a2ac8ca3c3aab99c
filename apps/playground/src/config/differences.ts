import type { NetworkConfig } from "./config.ts";

/** One place where two networks differ. */
export interface Difference {
  /** "optimizer.learningRate", "blocks.3.activation" */
  readonly path: string;
  /** Undefined: absent. */
  readonly a: unknown;
  readonly b: unknown;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

/** Blocks of different kinds have nothing to compare field by field; neither have optimisers of different types, but for their rate. */
function isOtherKind(a: Readonly<Record<string, unknown>>, b: Readonly<Record<string, unknown>>): boolean {
  return a.kind !== b.kind;
}

function compare(path: string, a: unknown, b: unknown): readonly Difference[] {
  if (Object.is(a, b)) return [];
  if (!isRecord(a) || !isRecord(b) || isOtherKind(a, b)) return [{ path, a, b }];
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return names.flatMap((name) => compare(path === "" ? name : `${path}.${name}`, a[name], b[name]));
}

/** What differs between two networks, in the order of their fields. A network with more blocks differs in each block that the other
 *  lacks. */
export function differences(a: NetworkConfig, b: NetworkConfig): readonly Difference[] {
  return compare("", a, b);
}
