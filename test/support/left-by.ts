import type { HostArray } from "../../src/core/dtype.ts";
import { type Tree, treeLeaves } from "../../src/core/tree.ts";
import type { NamedArrays } from "../../src/train/checkpoints/run-state.ts";
import type { EpochEnded } from "../../src/train/events.ts";
import type { TrainResult } from "../../src/train/options.ts";

/** All that a run leaves, but for how long it took, as plain data that can be compared and sent: arrays are hexadecimal digits, numbers
 *  of the history are the text of their exact values. */
export interface Left {
  readonly reason: string;
  readonly steps: number;
  readonly restoredEpoch: number | null;
  readonly history: readonly string[];
  readonly bits: Readonly<Record<string, string>>;
}

export async function leftBy({ state, ema, swa, history, reason, steps, restoredEpoch }: TrainResult): Promise<Left> {
  // copies: a state with names of features is no plain object of a tree
  const leaves = treeLeaves({ ...state, ema: { ...ema }, swa: { ...swa } } as unknown as Tree<{
    array(): Promise<HostArray>;
  }>);
  const arrays = new Map<string, HostArray>();
  for (const { path, leaf } of leaves) arrays.set(path, await leaf.array());
  return {
    reason,
    steps,
    restoredEpoch: restoredEpoch ?? null,
    history: history.map(timeless),
    bits: bitsOf(arrays),
  };
}

/** An epoch without its durations. JavaScript writes a number with as many digits as it takes to tell it from every other. */
export function timeless({ samplesPerSecond: _, durationMs: __, ...ended }: EpochEnded): string {
  return JSON.stringify(ended);
}

/** Arrays as hexadecimal digits, by path. */
export function bitsOf(arrays: NamedArrays): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...arrays].map(([path, { data }]) => [
      path,
      Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString("hex"),
    ]),
  );
}
