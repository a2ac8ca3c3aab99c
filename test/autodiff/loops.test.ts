import assert from "node:assert/strict";
import { test } from "node:test";
import { checkGradients } from "../../src/tensor/check-gradients.ts";
import { zeros } from "../../src/tensor/create.ts";
import { grad } from "../../src/tensor/grad.ts";
import { type ScanOptions, scan } from "../../src/tensor/scan.ts";
import { type Tensor, where } from "../../src/tensor/tensor.ts";
import { scattered } from "./arrays.ts";

type Step = (state: readonly Tensor[], slices: readonly Tensor[]) => readonly Tensor[];

/** What a loop computes, by `scan` or step by step. */
function run(step: Step, options: ScanOptions, isLoop: boolean): { final: readonly Tensor[]; sum: Tensor } {
  const { initial, sequences, isReversed } = options;
  const length = (sequences[0] as Tensor).shape[0] as number;
  // values at different steps weigh differently
  if (isLoop) {
    const { final, every } = scan(step, options);
    const all = every(0);
    return {
      final,
      sum: Array.from({ length }, (_, t) =>
        all
          .slice(0, t, t + 1)
          .square()
          .mul(t + 1)
          .sum(),
      ).reduce((a, b) => a.add(b)),
    };
  }
  let state = initial;
  let sum: Tensor | undefined;
  for (let count = 0; count < length; count++) {
    const t = isReversed ? length - 1 - count : count;
    state = step(
      state,
      sequences.map((sequence) => sequence.slice(0, t, t + 1).reshape(sequence.shape.slice(1))),
    );
    const part = (state[0] as Tensor)
      .square()
      .mul(t + 1)
      .sum();
    sum = sum ? sum.add(part) : part;
  }
  return { final: state, sum: sum as Tensor };
}

interface Loop {
  readonly step: (weights: readonly Tensor[]) => Step;
  readonly weights: readonly (readonly number[])[];
  readonly state: readonly (readonly number[])[];
  readonly slice: readonly number[];
}

const LOOPS: Readonly<Record<string, Loop>> = {
  "a product with a shared matrix": {
    step:
      ([w]) =>
      ([h], [x]) => [
        (h as Tensor)
          .matmul(w as Tensor)
          .add(x as Tensor)
          .tanh(),
      ],
    weights: [[3, 3]],
    state: [[2, 3]],
    slice: [2, 3],
  },
  "a product beside the state itself": {
    step:
      ([w]) =>
      ([h], [x]) => [
        (h as Tensor)
          .matmul((w as Tensor).transpose())
          .tanh()
          .mul(0.5)
          .add((h as Tensor).mul(x as Tensor)),
      ],
    weights: [[3, 3]],
    state: [[2, 3]],
    slice: [2, 3],
  },
  "a shared vector, multiplied and added": {
    step:
      ([v, b]) =>
      ([h], [x]) => [
        (h as Tensor)
          .mul(v as Tensor)
          .add((x as Tensor).sigmoid())
          .add((b as Tensor).mul(0.5)),
      ],
    weights: [[3], [2, 3]],
    state: [[2, 3]],
    slice: [2, 3],
  },
  "a shared matrix that is squared in every step": {
    step:
      ([w]) =>
      ([h], [x]) => [
        (h as Tensor)
          .matmul((w as Tensor).square())
          .mul(0.3)
          .add((x as Tensor).mul((w as Tensor).sum())),
      ],
    weights: [[3, 3]],
    state: [[2, 3]],
    slice: [2, 3],
  },
  "a product of the state with the slice": {
    step:
      () =>
      ([h], [x]) => [
        (h as Tensor)
          .matmul(x as Tensor)
          .mul(0.7)
          .sin(),
      ],
    weights: [],
    state: [[2, 3]],
    slice: [3, 3],
  },
  "two states, one of which is a number and counts": {
    step:
      ([w]) =>
      ([h, n], [x]) => {
        const next = (n as Tensor).add(1);
        return [
          (h as Tensor)
            .mul(w as Tensor)
            .add((x as Tensor).mul(next))
            .sum(0, true)
            .tanh()
            .add(h as Tensor),
          next,
        ];
      },
    weights: [[3]],
    state: [[2, 3], []],
    slice: [2, 3],
  },
  "a choice by the sign of the slice": {
    step:
      ([w]) =>
      ([h], [x]) => [where((x as Tensor).greater(0), (h as Tensor).mul(w as Tensor).add(x as Tensor), h as Tensor)],
    weights: [[2, 3]],
    state: [[2, 3]],
    slice: [2, 3],
  },
};

for (const [name, { step, weights, state, slice }] of Object.entries(LOOPS)) {
  for (const length of [1, 2, 5]) {
    for (const isReversed of [false, true]) {
      const loss =
        (isLoop: boolean) =>
        (...values: readonly Tensor[]): Tensor => {
          const [shared, initial] = [values.slice(0, weights.length), values.slice(weights.length, -1)];
          const sequences = [values.at(-1) as Tensor];
          const { final, sum } = run(step(shared), { initial, sequences, isReversed }, isLoop);
          return final.reduce((total, last) => total.add(last.sum()), sum);
        };
      const arrays = [...weights, ...state, [length, ...slice]].map((shape, seed) => scattered([...shape], seed + 3));

      test(`loops: ${name}, ${length} steps${isReversed ? ", reversed" : ""}: gradients and second derivatives`, () => {
        assert.ok(checkGradients(loss(true), arrays, { tolerance: 1e-6 }).worst <= 1e-6);
        const slope =
          (isLoop: boolean) =>
          (...values: readonly Tensor[]): Tensor =>
            values
              .map((_, index) => {
                const at = (value: Tensor) => loss(isLoop)(...values.map((other, k) => (k === index ? value : other)));
                return grad(at)(values[index] as Tensor)
                  .square()
                  .sum();
              })
              .reduce((a, b) => a.add(b), zeros([]));
        if (length < 5) assert.ok(checkGradients(slope(true), arrays, { tolerance: 1e-5 }).worst <= 1e-5);
      });
    }
  }
}
