import type { Backend, BackendName } from "../../src/runtime/backend.ts";
import type { Comparison } from "./compare.ts";

/** One thing that a reference file states: a training run, an optimiser's steps, an operator's outputs. */
export interface Case {
  readonly name: string;
  /** the largest relative difference that counts as equal */
  readonly tolerance: number;
  /** Computes the numbers and compares them with the file. @throws Unsupported for what does not exist here. */
  run(comparison: Comparison): void | Promise<void>;
}

/** The context of a runner: where to compute. */
export interface Context {
  readonly backend: Backend;
}

/** A kind of reference file. */
export interface Kind {
  readonly name: string;
  /** whether a parsed file is of this kind */
  recognises(content: Readonly<Record<string, unknown>>): boolean;
  cases(content: unknown, context: Context): readonly Case[];
}

/** Thrown by a case whose layer, operator or option does not exist here, with the reason. */
export class Unsupported extends Error {}

/** One line of output. */
export type Outcome =
  | {
      readonly name: string;
      readonly ok: boolean;
      /** largest relative difference; null if it is not finite */
      readonly worst: number | null;
      readonly tolerance: number;
      readonly backend: BackendName;
      /** its place, in a line that is not ok */
      readonly at?: string;
    }
  | { readonly name: string; readonly ok: false; readonly unsupported: string; readonly backend: BackendName }
  | { readonly name: string; readonly ok: false; readonly error: string; readonly backend: BackendName };

/** The tolerances that two independent implementations meet (reference: float64, all others: float32). */
export function toleranceOf(backend: BackendName, reference = 1e-10, float32 = 1e-5): number {
  return backend === "reference" ? reference : float32;
}
