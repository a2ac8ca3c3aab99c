import { required } from "../../../core/fields.ts";
import { real } from "../../options.ts";
import type { SampleDraws } from "../draws.ts";
import { type MaybeApplied, probabilityField, type TransformRule } from "../transform.ts";

export interface NoiseConfig extends MaybeApplied {
  readonly type: "noise";
  /** Standard deviation, above 0, in the units of the pixels. */
  readonly deviation: number;
}

/** Adds independent normal noise to every value. */
export const noise: TransformRule<NoiseConfig> = {
  fields: {
    deviation: required(real("standard deviation, in the units of the pixels", "above 0", (value) => value > 0)),
    probability: probabilityField,
  },
  create({ deviation, probability = 1 }, { channels, height, width }) {
    const length = channels * height * width;
    const steps = normalSteps();
    return (images, start, draws) => {
      if (draws.uniform() >= probability) return;
      addNoise(images, start, length, steps, deviation, draws);
    };
  },
};

/** Philox for every pixel would take longer than everything else here, so it only seeds a small generator for each image: sfc32
 *  (Doty-Humphrey, PractRand, 2010), three words and a counter. Each of its words makes the noise of two pixels. */
function addNoise(
  images: Float32Array,
  start: number,
  length: number,
  steps: Float32Array,
  deviation: number,
  draws: SampleDraws,
): void {
  let a = draws.bits() | 0;
  let b = draws.bits() | 0;
  let c = draws.bits() | 0;
  let counter = draws.bits() | 0;
  for (let i = 0; i < length; i += 2) {
    const word = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + word;
    c |= 0;
    images[start + i] = (images[start + i] as number) + deviation * (steps[word & 0xffff] as number);
    if (i + 1 < length) {
      images[start + i + 1] = (images[start + i + 1] as number) + deviation * (steps[word >>> 16] as number);
    }
  }
}

const STEP_COUNT = 2 ** 16;
let madeSteps: Float32Array | undefined;

/** 65,536 equally likely normal numbers: the middles of equal parts of the distribution, from -4.3 to 4.3. They come from integrating
 *  the inverse of the distribution function in small steps:
 *    x' = x + h / density(x + h / (2 density(x))),   h = 1 / 65,536         (midpoint rule from the middle outwards) */
function normalSteps(): Float32Array {
  if (madeSteps) return madeSteps;
  const steps = new Float32Array(STEP_COUNT);
  const density = (x: number) => Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI);
  const half = STEP_COUNT / 2;
  let x = 0;
  for (let i = 0; i < half; i++) {
    const h = (i === 0 ? 0.5 : 1) / STEP_COUNT;
    x += h / density(x + h / (2 * density(x)));
    steps[half + i] = x;
    steps[half - 1 - i] = -x;
  }
  madeSteps = steps;
  return steps;
}
