// Bundled for a page: holds its backends to the contract, in a worker where there may be threads.
import { openBackend } from "../../src/engine/select-backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { brokenPromises } from "../engine/contract.ts";

const reference = createReferenceBackend();
const results: { description: string; threads: number; broken: readonly string[] }[] = [];
for (const [backend, threads] of [
  ["wasm", 1],
  ["wasm", 3],
  ["reference", 1],
] as const) {
  const opened = await openBackend({ backend, threads });
  results.push({
    description: opened.description,
    threads: opened.threads,
    broken: await brokenPromises(opened, reference),
  });
  opened.dispose();
}
(globalThis as unknown as { postMessage(message: unknown): void }).postMessage(results);
