import { factsOf } from "../../nn/layers.ts";
import { layerSites } from "./layers.ts";
import type { RemedyRule } from "./remedy.ts";

/** Scales each input feature to mean 0 and deviation 1, constant ones to 0. Not for indices, which an embedding reads. */
export const scaleInputs: RemedyRule = {
  source: "LeCun, Bottou, Orr & Müller, Efficient BackProp, 1998, section 4.3",
  rewrite(settings) {
    const readsIndices = layerSites(settings.model).some(({ layer }) => factsOf(layer).role === "lookup");
    if (settings.standardize === true || readsIndices) return undefined;
    return { settings: { ...settings, standardize: true } };
  },
};
