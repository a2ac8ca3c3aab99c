import { type OptionFields, real } from "../options.ts";
import type { SampleDraws } from "./draws.ts";

/** (channels, height, width) of one picture. */
export interface ImageSize {
  readonly channels: number;
  readonly height: number;
  readonly width: number;
}

/** Changes one picture in place. It lies at images[start], channel by channel, row by row. */
export type ApplyTransform = (images: Float32Array, start: number, draws: SampleDraws) => void;

/** A kind of transform: its fields as an experiment may give them, and how to make it for pictures of a size. */
export interface TransformRule<Config> {
  readonly fields: OptionFields;
  /** @param where begins error messages. @throws GradusError `bad-argument` for what does not fit the pictures. */
  readonly create: (config: Config, size: ImageSize, where: string) => ApplyTransform;
}

/** What every transform takes. */
export interface MaybeApplied {
  /** Share of the pictures that are changed, in [0, 1]. */
  readonly probability?: number;
}

export const probabilityField = real(
  "share of the pictures that are changed",
  "a number from 0 to 1",
  (value) => value >= 0 && value <= 1,
);
