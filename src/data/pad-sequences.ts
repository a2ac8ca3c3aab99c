import { describe } from "../core/describe.ts";
import { requireArgument } from "../core/errors.ts";
import { COUNT, checkOptions, type Fields, number, oneOf } from "../core/fields.ts";
import { formatShape, type Shape, sizeOf } from "../core/shape.ts";

/** One sequence: a number per step, or a list of F numbers per step. */
export type Sequence = ArrayLike<number> | readonly (readonly number[])[];

export interface PadSequencesOptions {
  /** steps T of every padded sequence. Default: the length of the longest */
  readonly length?: number;
  /** value of the padding; give it to a recurrent layer as `mask`, or to `embedding` as `padding`. Default 0 */
  readonly value?: number;
  /** where padding goes. A sequence that is too long loses steps at the same end. Default "end" */
  readonly at?: "end" | "start";
}

const FIELDS: Fields<PadSequencesOptions> = { length: COUNT, value: number(), at: oneOf("end", "start") };

export interface PaddedSequences {
  /** (N, T) or (N, T, F), row-major */
  readonly data: Float32Array;
  readonly dtype: "float32";
  readonly shape: Shape;
  /** steps of each sequence that are data */
  readonly lengths: readonly number[];
}

/** Sequences of different lengths as one array, which `predict` accepts directly.
 *  Shapes: numbers -> (N, T), rows of F numbers -> (N, T, F).
 *  @throws `bad-argument` if there are no sequences, one is empty (an empty sequence has no last step: remove it), a row differs in
 *    length from the others, or a number is not finite; each error names the sequence and the step.
 *  @example padSequences([[3, 1, 2], [5]])      data 3 1 2 5 0 0, shape (2, 3), lengths 3 and 1
 *           fromArrays({ inputs: padSequences([[3, 1, 2], [5]]), targets: [0, 1], classes: 2 }) */
export function padSequences(sequences: readonly Sequence[], options: PadSequencesOptions = {}): PaddedSequences {
  requireArgument(Array.isArray(sequences), `padSequences: expected a list of sequences, got ${describe(sequences)}.`);
  checkOptions<PadSequencesOptions>("padSequences", options, FIELDS);
  const { value = 0, at = "end" } = options;
  requireArgument(sequences.length > 0, "padSequences: expected at least one sequence, got none.", {});
  sequences.forEach((sequence, index) => {
    requireArgument(
      sequence.length > 0,
      `padSequences: sequence ${index} is empty. Remove it, or give it at least one step.`,
      { index },
    );
  });
  const longest = sequences.reduce((most, { length }) => Math.max(most, length), 0);
  const length = options.length ?? longest;
  const first = (sequences[0] as Sequence)[0];
  const stepShape = typeof first === "number" ? [] : [(first as readonly number[]).length];
  const width = sizeOf(stepShape);
  requireArgument(width > 0, "padSequences: steps have no features. Give each step at least one number.", {
    stepShape,
  });
  const shape = [sequences.length, length, ...stepShape];
  const data = new Float32Array(sizeOf(shape)).fill(value);
  const lengths = sequences.map((sequence, index) => {
    const kept = Math.min(sequence.length, length);
    // padding at the end: steps 0 … kept - 1 go to places 0 …; at the start: the last steps go to the last places
    const from = at === "end" ? 0 : sequence.length - kept;
    const to = index * length + (at === "end" ? 0 : length - kept);
    for (let step = 0; step < kept; step++) {
      data.set(stepOf(sequence, index, from + step, stepShape), (to + step) * width);
    }
    return kept;
  });
  return { data, dtype: "float32", shape, lengths };
}

function stepOf(sequence: Sequence, index: number, step: number, shape: Shape): readonly number[] {
  const found: number | readonly number[] | undefined = sequence[step];
  const numbers = typeof found === "number" ? [found] : (found ?? []);
  requireArgument(
    (typeof found === "number") === (shape.length === 0) && numbers.length === sizeOf(shape),
    `padSequences: sequence ${index}, step ${step}: expected ${
      shape.length === 0 ? "a number" : `${formatShape(shape)} numbers`
    } as in the first step, got ${JSON.stringify(found)}.`,
    { index, step, expected: shape },
  );
  const bad = numbers.findIndex((number) => !Number.isFinite(Math.fround(number)));
  requireArgument(
    bad < 0,
    `padSequences: sequence ${index}, step ${step}: expected finite float32 numbers, got ${numbers[bad]}.`,
    { index, step, value: numbers[bad] },
  );
  return numbers;
}
