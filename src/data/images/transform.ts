import { type OptionFields, real } from "../options.ts";
import type { SampleDraws } from "./draws.ts";

/** (channels, height, width) of one image. */
export interface ImageSize {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Changes one image in place. It starts at images[start], channel by channel, row by row. */
export type ApplyTransform = (images: Float32Array, start: number, draws: SampleDraws) => void;

/** A kind of transform: its fields in an experiment, and how to create it for images of one size. */
export interface TransformRule<Config> {
  readonly fields: OptionFields;
  /** @param where begins error messages. @throws GradusError `bad-argument` for options that do not fit the images. */
  readonly create: (config: Config, size: ImageSize, where: string) => ApplyTransform;
}

/** Options of every transform. */
export interface MaybeApplied {
  /** Fraction of the images that are changed, in [0, 1]. */
  readonly probability?: number;
}

export const probabilityField = real(
  "fraction of the images that are changed",
  "a number from 0 to 1",
  (value) => value >= 0 && value <= 1,
);
