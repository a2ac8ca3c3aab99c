import { either, type Field, number, oneOf, withHelp } from "../../core/fields.ts";
import type { ImageSize } from "./transform.ts";

/** How to fill the area that a moved image leaves empty: with a value, the nearest pixel, or the image mirrored at its edge. */
export type Fill = number | "edge" | "reflect";

export const fillField: Field<Fill> = withHelp(
  'value of new pixels, "edge" for the nearest pixel, or "reflect" (default: 0)',
  either(number("a number"), oneOf("edge", "reflect")),
);

/** Moves images of one size: out[y, x] = in[y - down, x - right]. */
export type Move = (images: Float32Array, start: number, down: number, right: number) => void;

/** @param fill used where in[…] is outside the image. `reflect` does not repeat the edge: … 2 1 | 0 1 2. */
export function mover({ channels, height, width }: ImageSize, fill: Fill): Move {
  const before = new Float32Array(channels * height * width);
  const columns = new Int32Array(width);
  return (images, start, down, right) => {
    if (down === 0 && right === 0) return;
    before.set(images.subarray(start, start + before.length));
    for (let x = 0; x < width; x++) columns[x] = source(x - right, width, fill);
    for (let y = 0; y < height; y++) {
      const from = source(y - down, height, fill);
      for (let channel = 0; channel < channels; channel++) {
        const target = start + (channel * height + y) * width;
        if (from < 0) {
          images.fill(fill as number, target, target + width);
          continue;
        }
        const row = (channel * height + from) * width;
        for (let x = 0; x < width; x++) {
          const column = columns[x] as number;
          images[target + x] = column < 0 ? (fill as number) : (before[row + column] as number);
        }
      }
    }
  };
}

/** The index from which a place takes its pixel; -1 if it is filled with a value. */
function source(place: number, size: number, fill: Fill): number {
  if (place >= 0 && place < size) return place;
  if (fill === "edge") return place < 0 ? 0 : size - 1;
  if (fill === "reflect") return place < 0 ? -place : 2 * (size - 1) - place;
  return -1;
}
