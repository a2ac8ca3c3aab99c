import { randomStream } from "../../src/data/random-stream.ts";
import { type Dataset, fromArrays } from "../../src/index.ts";

/** The two symbols that count, A and B, and the four that distract. */
const COUNTING = 2;
const DISTRACTING = 4;
const SYMBOLS = COUNTING + DISTRACTING;

/** Sequences of symbols (T, 6), one hot. Two symbols, the first at a place drawn from [T/10, 2T/10], the second from [5T/10, 6T/10], are A
 *  or B; all others distract. The label is AA, AB, BA or BB.
 *  Source: Hochreiter & Schmidhuber, "Long Short-Term Memory", 1997, task 6a, with the places of Pascanu et al., 2013, section 4.1. */
export function temporalOrder(samples: number, steps: number, seed: number): Dataset {
  const stream = randomStream(seed, "synthetic");
  const inputs = new Float32Array(samples * steps * SYMBOLS);
  const targets = new Int32Array(samples);
  for (let sample = 0; sample < samples; sample++) {
    const places = [Math.floor(stream.uniform(0.1, 0.2) * steps), Math.floor(stream.uniform(0.5, 0.6) * steps)];
    let label = 0;
    for (let t = 0; t < steps; t++) {
      const counts = places.includes(t);
      const symbol = counts ? stream.below(COUNTING) : COUNTING + stream.below(DISTRACTING);
      if (counts) label = COUNTING * label + symbol;
      inputs[(sample * steps + t) * SYMBOLS + symbol] = 1;
    }
    targets[sample] = label;
  }
  const classNames = ["AA", "AB", "BA", "BB"];
  return fromArrays({ name: "temporal order", inputs, inputShape: [steps, SYMBOLS], targets, classes: 4, classNames });
}
