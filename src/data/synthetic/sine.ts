import { checkOptions, type Fields } from "../../core/fields.ts";
import type { Dataset } from "../dataset.ts";
import { drawSequences, SEQUENCE_FIELDS, type SequenceOptions } from "./sequences.ts";

export const SINE_FIELDS: Fields<SequenceOptions> = SEQUENCE_FIELDS;

/** Shortest and longest period, in steps. */
const SHORTEST_PERIOD = 10;
const LONGEST_PERIOD = 30;

/** The next value of a noisy sine wave, whose phase and frequency differ from sequence to sequence.
 *    x_t = sin(a + 2 pi t / p) + noise,   a uniform in [0, 2 pi),   p uniform in [10, 30);   y = sin(a + 2 pi T / p), without noise
 *  Inputs (length, 1), one value (1,) as target. Defaults: 1000 sequences of 20 steps, noise 0. */
export function sine(options: SequenceOptions = {}): Dataset {
  checkOptions<SequenceOptions>("sine", options, SINE_FIELDS);
  const { length = 20, noise = 0 } = options;
  return drawSequences("sine", 1, 1, { ...options, length }, (sequence, stream) => {
    const phase = stream.uniform(0, 2 * Math.PI);
    const period = stream.uniform(SHORTEST_PERIOD, LONGEST_PERIOD);
    const at = (step: number) => Math.sin(phase + (2 * Math.PI * step) / period);
    for (let step = 0; step < length; step++) {
      sequence[step] = at(step) + (noise === 0 ? 0 : stream.normal(noise));
    }
    return at(length);
  });
}
