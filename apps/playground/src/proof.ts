import { connect } from "gradus/page";

/** The worker of the doctor's proof, opened. */
export function connectProof() {
  return connect(new Worker(new URL("./proof-worker.ts", import.meta.url), { type: "module" }), { backend: "wasm" });
}
