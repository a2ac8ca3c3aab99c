import { makeNode } from "../graph/build.ts";
import type { Node } from "../graph/node.ts";
import { everyStep, makeScan, placeholder } from "../graph/scan.ts";
import { Tensor } from "./tensor.ts";

/** What a loop runs over. */
export interface ScanOptions {
  /** the carried tensors before the first step */
  readonly initial: readonly Tensor[];
  /** tensors of which each step sees one slice: (T, ...) */
  readonly sequences: readonly Tensor[];
  /** from the last position to the first. Default false */
  readonly isReversed?: boolean;
}

export interface Scanned {
  /** the carried tensors after the last step */
  readonly final: readonly Tensor[];
  /** a carried tensor after the step at every position: (T, ...) */
  readonly every: (carry: number) => Tensor;
}

/** Equal steps, one after the other, traced and compiled once however many they are.
 *    state_t = step(state_{t-1}, slices at t)
 *  @param step called once, with tensors that stand for any step. It may use tensors from outside. */
export function scan(
  step: (state: readonly Tensor[], slices: readonly Tensor[]) => readonly Tensor[],
  { initial, sequences, isReversed = false }: ScanOptions,
): Scanned {
  const length = (sequences[0] as Tensor).shape[0] as number;
  const slices = sequences.map(({ shape, dtype }, k) => placeholder(`slice ${k}`, { shape: shape.slice(1), dtype }));
  const inputs = initial.map((tensor, k) => placeholder(`state ${k}`, tensor));
  const wrap = (node: Node) => new Tensor(node);
  const next = step(inputs.map(wrap), slices.map(wrap));
  const { loop } = makeScan(
    {
      sequences: slices,
      carried: inputs.map((input, k) => ({ input, next: (next[k] as Tensor).node })),
    },
    { sequences: sequences.map(({ node }) => node), initial: initial.map(({ node }) => node), length, isReversed },
  );
  return {
    final: initial.map((_, carry) => wrap(makeNode("scanLast", [loop], { carry }))),
    every: (carry) => wrap(everyStep(loop, (loop.attributes.body.carried[carry] as { readonly next: Node }).next)),
  };
}
