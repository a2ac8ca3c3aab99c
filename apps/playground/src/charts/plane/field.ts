import { rgbOf } from "gradus-parts/base/colours.ts";
import { classColour, type Palette } from "gradus-parts/base/theme.ts";
import type { OutputView } from "../../lab/protocol.ts";

export type PlaneOutput = Extract<OutputView, { readonly kind: "plane" }>;

/** Least and greatest opacity of a predicted class: unsure, and sure. */
const UNSURE = 0.06;
const SURE = 0.55;

/** The class that is predicted at a place, and how surely. Undefined where the output is not finite.
 *  @param value class and probability as one number: see `OutputView`. */
export function predictionOf(
  value: number | undefined,
): { readonly label: number; readonly probability: number } | undefined {
  if (value === undefined || !Number.isFinite(value)) return undefined;
  const label = Math.floor(value);
  return { label, probability: value - label };
}

/** The predictions as a small picture, one pixel for each place: colour for the class, opacity for the confidence. */
export function fieldImage({ size, values }: PlaneOutput, classes: number, colours: Palette): ImageData {
  const image = new ImageData(size, size);
  const least = 1 / Math.max(2, classes);
  const rgb = Array.from({ length: Math.max(2, classes) }, (_, label) => rgbOf(classColour(colours, label)));
  values.forEach((value, index) => {
    const prediction = predictionOf(value);
    const colour = rgb[prediction?.label ?? -1];
    if (prediction === undefined || colour === undefined) return;
    const confidence = Math.max(0, Math.min(1, (prediction.probability - least) / (1 - least)));
    image.data.set([...colour, 255 * (UNSURE + (SURE - UNSURE) * confidence)], 4 * index);
  });
  return image;
}
