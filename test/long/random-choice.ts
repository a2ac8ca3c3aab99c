import { randomBits } from "../../src/core/random.ts";

/** Choices that a seed repeats. */
export interface Random {
  /** A whole number in [0, end); 0 for an end below 1. */
  below(end: number): number;
  among<Choice>(choices: readonly Choice[]): Choice;
}

export function generator(seed: number): Random {
  let drawn = 0;
  const below = (end: number) => {
    const [word = 0] = randomBits([seed, drawn++], 1);
    return Math.floor((word / 2 ** 32) * Math.max(1, end));
  };
  return { below, among: (choices) => choices[below(choices.length)] as (typeof choices)[number] };
}
