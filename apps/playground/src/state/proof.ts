import type { Diagnosis } from "gradus/doctor";
import type { ErrorData, ProofState } from "../lab/protocol.ts";

/** The doctor's proof for one network: not asked for, on its way, done, cancelled, or failed. `isStale`: the network has changed since. */
export type Proof =
  | { readonly status: "none" }
  | { readonly status: "running"; readonly progress: ProofState }
  | { readonly status: "done"; readonly diagnosis: Diagnosis; readonly isStale: boolean }
  | { readonly status: "failed"; readonly error: ErrorData };

export const NO_PROOF: Proof = { status: "none" };
