import type { Dataset } from "gradus";
import type { OutputView, WrongPicture } from "./protocol.ts";

/** A network's answers: (rows, width), probabilities of classes or values. */
export interface AnswerRows {
  readonly values: Float32Array;
  readonly width: number;
}

/** The largest fraction of a value that holds a class and its probability. */
const HIGHEST = 0.999;
const MOST_PICTURES = 12;
const MOST_VALUES = 200;

/** The most likely class of a row, and its probability. NaN everywhere: class 0 with probability 0. */
function mostLikely({ values, width }: AnswerRows, row: number): readonly [label: number, probability: number] {
  let [best, probability] = [0, 0];
  for (let label = 0; label < width; label++) {
    const value = values[row * width + label] as number;
    if (value > probability) [best, probability] = [label, value];
  }
  return [best, probability];
}

/** Classes over a plane: class + probability. */
export function planeOf(answers: AnswerRows, size: number): OutputView {
  const values = new Float32Array(size ** 2);
  for (let row = 0; row < values.length; row++) {
    const [label, probability] = mostLikely(answers, row);
    values[row] = label + Math.min(HIGHEST, probability);
  }
  return { kind: "plane", size, values };
}

/** Targets and predictions of the first test samples. */
export function valuesOf({ values, width }: AnswerRows, test: Dataset): OutputView {
  const count = Math.min(MOST_VALUES, test.length * width);
  return {
    kind: "values",
    targets: Float32Array.from(test.toTargets().subarray(0, count)),
    predictions: values.slice(0, count),
  };
}

/** How often each true class is taken for each other. */
export function confusionOf(answers: AnswerRows, test: Dataset, classes: number): OutputView {
  const counts = new Int32Array(classes ** 2);
  for (const [row, label] of test.toTargets().entries()) {
    const at = label * classes + mostLikely(answers, row)[0];
    counts[at] = (counts[at] as number) + 1;
  }
  return { kind: "confusion", counts, classes };
}

/** The test pictures that are taken for another class with most confidence. */
export function wrongPictures(answers: AnswerRows, test: Dataset): OutputView {
  const found: {
    readonly row: number;
    readonly label: number;
    readonly predicted: number;
    readonly probability: number;
  }[] = [];
  for (const [row, label] of test.toTargets().entries()) {
    const [predicted, probability] = mostLikely(answers, row);
    if (predicted !== label) found.push({ row, label, predicted, probability });
  }
  const worst = found.sort((a, b) => b.probability - a.probability).slice(0, MOST_PICTURES);
  const { inputShape } = test;
  const size = inputShape.reduce((product, each) => product * each, 1);
  const pixels = new Float32Array(size);
  const wrong = worst.map(({ row, ...rest }): WrongPicture => {
    test.readInputs([row], pixels);
    return { ...rest, pixels: Uint8Array.from(pixels, (value) => Math.round(255 * value)), shape: inputShape };
  });
  return { kind: "pictures", wrong, wrongCount: found.length };
}
