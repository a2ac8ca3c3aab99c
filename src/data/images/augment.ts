import { splitConfig } from "../../core/config.ts";
import { describe, isRecord } from "../../core/describe.ts";
import { GradusError, requireArgument } from "../../core/errors.ts";
import { resolveFields } from "../../core/fields.ts";
import { formatShape, type Shape } from "../../core/shape.ts";
import { seedWords } from "../random-stream.ts";
import { SampleDraws } from "./draws.ts";
import type { ApplyTransform, ImageSize, TransformRule } from "./transform.ts";
import { type BrightnessConfig, brightness } from "./transforms/brightness.ts";
import { type ContrastConfig, contrast } from "./transforms/contrast.ts";
import { type CropConfig, crop } from "./transforms/crop.ts";
import { type CutoutConfig, cutout } from "./transforms/cutout.ts";
import { type FlipConfig, flip } from "./transforms/flip.ts";
import { type NoiseConfig, noise } from "./transforms/noise.ts";
import { type ShiftConfig, shift } from "./transforms/shift.ts";

/** One random change of an image, as data. */
export type AugmentConfig =
  | FlipConfig
  | ShiftConfig
  | CropConfig
  | NoiseConfig
  | CutoutConfig
  | BrightnessConfig
  | ContrastConfig;

type ConfigOf<Type extends AugmentConfig["type"]> = Extract<AugmentConfig, { readonly type: Type }>;

/** Every random change. A type without an entry does not compile. */
export const TRANSFORMS: { readonly [Type in AugmentConfig["type"]]: TransformRule<ConfigOf<Type>> } = {
  flip,
  shift,
  crop,
  noise,
  cutout,
  brightness,
  contrast,
};

/** Changes a batch of images in place: (count, channels, height, width). Each change depends only on the sample and the epoch.
 *  @param rows sample index of each image. */
export type Augment = (images: Float32Array, rows: ArrayLike<number>, count: number, epoch: number) => void;

/** Random changes of the training images, so that a network never sees the same image twice. This adds data at no cost if the changes
 *  do not change the label. Applied in order, batch by batch. The same seed, epoch and sample give the same image for any batch size
 *  and order.
 *    augment: ["flip", { type: "crop", padding: 4 }, { type: "cutout", size: 8 }]
 *  @param list names, or objects with `type`. @param inputShape (channels, height, width), or (height, width).
 *  @throws GradusError `bad-argument` for options out of range and for inputs that are not images; `unknown-field` with the nearest name.
 *  Source: Shorten & Khoshgoftaar, "A survey on Image Data Augmentation for Deep Learning", 2019. */
export function createAugment(
  list: readonly (AugmentConfig | AugmentConfig["type"])[],
  inputShape: Shape,
  seed = 0,
): Augment {
  requireArgument(
    Array.isArray(list),
    `augment: expected a list such as [{ "type": "flip" }], got ${describe(list)}.`,
    { list },
  );
  const size = imageSize(inputShape);
  const transforms = list.map((item, index) => createTransform(item, size, `augment.${index}`));
  const draws = new SampleDraws(seedWords("augment", seed));
  const length = size.channels * size.height * size.width;
  return (images, rows, count, epoch) => {
    for (let i = 0; i < count; i++) {
      for (let place = 0; place < transforms.length; place++) {
        draws.start(epoch, rows[i] as number, place);
        (transforms[place] as ApplyTransform)(images, i * length, draws);
      }
    }
  };
}

function imageSize(shape: Shape): ImageSize {
  const [height, width] = shape.slice(-2);
  if (height === undefined || width === undefined || shape.length > 3) {
    throw new GradusError(
      "bad-argument",
      `augment: expected images (channels, height, width), but the inputs are ${formatShape(shape)}. ` +
        'Give them that shape (data: layout "image"; model: inputShape), or remove augment.',
      { shape },
    );
  }
  return { channels: shape.length === 3 ? (shape[0] as number) : 1, height, width };
}

function createTransform(item: unknown, size: ImageSize, where: string): ApplyTransform {
  requireArgument(
    typeof item === "string" || isRecord(item),
    `${where}: expected a name or an object with "type", got ${describe(item)}.`,
    {
      where,
      value: item,
    },
  );
  const { type, options } = splitConfig(where, "transform", item, Object.keys(TRANSFORMS) as AugmentConfig["type"][]);
  return createKnown(type, options, size, `${where} (${type})`);
}

function createKnown<Type extends AugmentConfig["type"]>(
  type: Type,
  options: object,
  size: ImageSize,
  where: string,
): ApplyTransform {
  const rule: TransformRule<ConfigOf<Type>> = TRANSFORMS[type];
  const parsed = resolveFields(where, options, rule.fields);
  return rule.create({ ...parsed, type } as unknown as ConfigOf<Type>, size, where);
}
