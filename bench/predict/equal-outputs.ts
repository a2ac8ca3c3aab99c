import { GradusError } from "../../src/core/errors.ts";

/** Largest difference of two float32 programs that add in different orders, relative to values above 1. */
const LARGEST = 1e-4;

/** @throws GradusError `bad-data` with the first place where the outputs differ by more than 1e-4, or one is not a number. */
export function requireEqualOutputs(workload: string, ours: Float32Array, theirs: Float32Array): void {
  const at = ours.findIndex((value, index) => {
    const other = theirs[index] as number;
    return !(Math.abs(value - other) <= LARGEST * Math.max(1, Math.abs(other)));
  });
  if (at < 0 && ours.length === theirs.length) return;
  throw new GradusError(
    "bad-data",
    at < 0
      ? `${workload}: ${ours.length} outputs of ours, ${theirs.length} of the peer's.`
      : `${workload}: output ${at} is ${ours[at]} with us, ${theirs[at]} with the peer.`,
    { workload, at },
  );
}
