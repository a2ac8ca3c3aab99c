import { choice } from "../../options.ts";
import { type ImageSize, type MaybeApplied, probabilityField, type TransformRule } from "../transform.ts";

export interface FlipConfig extends MaybeApplied {
  readonly type: "flip";
  /** `horizontal` swaps left and right, `vertical` top and bottom. Default "horizontal". */
  readonly direction?: "horizontal" | "vertical";
}

/** Mirrors the image. Use it only if a mirrored image has the same label: not for digits or letters.
 *  `probability` defaults to 0.5. */
export const flip: TransformRule<FlipConfig> = {
  fields: {
    direction: choice("horizontal or vertical (default: horizontal)", ["horizontal", "vertical"]),
    probability: probabilityField,
  },
  create({ direction = "horizontal", probability = 0.5 }, size) {
    const turn = direction === "horizontal" ? turnRows : turnColumns;
    return (images, start, draws) => {
      if (draws.uniform() < probability) turn(images, start, size);
    };
  },
};

function turnRows(images: Float32Array, start: number, { channels, height, width }: ImageSize): void {
  for (let row = 0; row < channels * height; row++) {
    const first = start + row * width;
    for (let left = first, right = first + width - 1; left < right; left++, right--) swap(images, left, right);
  }
}

function turnColumns(images: Float32Array, start: number, { channels, height, width }: ImageSize): void {
  for (let channel = 0; channel < channels; channel++) {
    const first = start + channel * height * width;
    for (let upper = 0, lower = height - 1; upper < lower; upper++, lower--) {
      for (let x = 0; x < width; x++) swap(images, first + upper * width + x, first + lower * width + x);
    }
  }
}

function swap(images: Float32Array, a: number, b: number): void {
  const held = images[a] as number;
  images[a] = images[b] as number;
  images[b] = held;
}
