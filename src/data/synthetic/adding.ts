import { checkOptions, type Fields } from "../../core/fields.ts";
import type { Dataset } from "../dataset.ts";
import { drawSequences, SEQUENCE_FIELDS, type SequenceOptions } from "./sequences.ts";

export const ADDING_FIELDS: Fields<SequenceOptions> = SEQUENCE_FIELDS;

/** The adding problem: two numbers of a long sequence are marked; the target is their sum. A network that forgets the beginning cannot
 *  learn it, and a constant guess of 1 has a squared error of 1/6.
 *    x_t = (u_t, m_t),   u_t uniform in [0, 1),   m_t = 1 at one step of each half, else 0;   y = sum over t of u_t m_t + noise
 *  Inputs (length, 2), one value (1,) as target. Defaults: 1000 sequences of 50 steps, noise 0. `length` is at least 2.
 *  After Hochreiter & Schmidhuber, "Long Short-Term Memory", 1997, in the form of Le, Jaitly & Hinton, "A Simple Way to Initialize
 *  Recurrent Networks of Rectified Linear Units", 2015. */
export function adding(options: SequenceOptions = {}): Dataset {
  checkOptions<SequenceOptions>("adding", options, ADDING_FIELDS);
  const { length = 50, noise = 0 } = options;
  const half = Math.floor(length / 2);
  return drawSequences("adding", 2, 2, { ...options, length }, (sequence, stream) => {
    for (let step = 0; step < length; step++) sequence[2 * step] = stream.uniform();
    const first = stream.below(half);
    const second = half + stream.below(length - half);
    sequence[2 * first + 1] = 1;
    sequence[2 * second + 1] = 1;
    const sum = (sequence[2 * first] as number) + (sequence[2 * second] as number);
    return sum + (noise === 0 ? 0 : stream.normal(noise));
  });
}
