import { requireArgument } from "../../core/errors.ts";
import { COUNT, checkOptions, type Fields, listOf, number, POSITIVE, withHelp } from "../../core/fields.ts";
import type { Dataset } from "../dataset.ts";
import { drawClasses, SYNTHETIC_FIELDS, type SyntheticOptions } from "./plane.ts";

export interface BlobsOptions extends Omit<SyntheticOptions, "noise"> {
  /** Clouds, one per class. Default 3, or the number of `centers` if given. */
  readonly classes?: number;
  /** Dimensions. Default 2. */
  readonly features?: number;
  /** Standard deviation of each cloud, > 0. Default 1. */
  readonly spread?: number;
  /** Centre of each cloud, (classes, features). Default: drawn uniformly from [-10, 10). */
  readonly centers?: readonly (readonly number[])[];
}

export const BLOBS_FIELDS: Fields<BlobsOptions> = {
  samples: SYNTHETIC_FIELDS.samples,
  seed: SYNTHETIC_FIELDS.seed,
  classes: withHelp("clouds (default: 3)", COUNT),
  features: withHelp("dimensions (default: 2)", COUNT),
  spread: withHelp("standard deviation of a cloud (default: 1)", POSITIVE),
  centers: withHelp("centre of each cloud (default: random)", listOf(listOf(number()))),
};

/** Isotropic normal clouds, one per class. Inputs (features,), labels. Default 1000 samples. */
export function blobs(options: BlobsOptions = {}): Dataset {
  checkOptions<BlobsOptions>("blobs", options, BLOBS_FIELDS);
  const { centers, spread = 1, ...rest } = options;
  const classes = options.classes ?? centers?.length ?? 3;
  const features = options.features ?? centers?.[0]?.length ?? 2;
  requireArgument(
    centers === undefined || (centers.length === classes && centers.every((center) => center.length === features)),
    `blobs: centers must be ${classes} rows of ${features} numbers.`,
    { classes, features, centers },
  );
  const middles = (centers ?? []).map((center) => [...center]);
  return drawClasses("blobs", classes, features, { ...rest, noise: spread }, (label, _index, _count, stream) => {
    while (middles.length < classes) middles.push(Array.from({ length: features }, () => stream.uniform(-10, 10)));
    return middles[label] as number[];
  });
}
