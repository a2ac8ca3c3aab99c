import { type Dataset, fromArrays } from "gradus";
import type { OwnData } from "../config/config.ts";
import type { OwnSamples } from "./protocol.ts";

/** The user's own samples as a data set, before they are parted. */
export function ownDataset(name: string, own: OwnSamples): Dataset {
  const { inputs, inputShape, targets, classes, classNames, featureNames } = own;
  const isValues = targets instanceof Float32Array;
  return fromArrays({
    name,
    inputs,
    inputShape,
    targets,
    targetKind: isValues ? "values" : "labels",
    ...(isValues ? { targetShape: [1] } : {}),
    ...(classes === undefined ? {} : { classes }),
    ...(classNames === undefined ? {} : { classNames }),
    ...(featureNames === undefined ? {} : { featureNames }),
    ...(inputs instanceof Uint8Array ? { transform: { center: 0, divisor: 255 } } : {}),
  });
}

/** The user's own samples in both parts. */
export function partOwn(
  { name, testShare, seed }: OwnData,
  own: OwnSamples,
): { readonly train: Dataset; readonly test: Dataset } {
  const { train, validation } = ownDataset(name, own).split({ validation: testShare, seed });
  return { train, test: validation };
}
