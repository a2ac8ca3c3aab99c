import { type ActivationConfig, activationFacts, isActivation } from "../../../nn/activations.ts";
import type { Resolved } from "../../../nn/fields.ts";
import type { InitConfig } from "../../../nn/init/init.ts";
import type { LayerRole } from "../../../nn/layer.ts";
import { factsOf } from "../../../nn/layers.ts";
import type { LayerInfo, Model } from "../../../nn/model.ts";

/** Facts about one weight of a layer and its initialiser. */
export interface WeightFacts {
  readonly path: string;
  readonly role: LayerRole;
  /** "weight", "recurrentWeight", … */
  readonly name: string;
  readonly init: InitConfig;
  readonly biasInit: InitConfig | undefined;
  readonly fanIn: number;
  readonly fanOut: number;
  readonly units: number;
  /** The activation that follows, also after dropout, pooling and other layers in `PASSED`; `identity` if there is none. */
  readonly activation: Resolved<ActivationConfig>;
  readonly activationPath: string | undefined;
  /** Whether a normalisation follows before the activation, and removes the scale. */
  readonly isNormalised: boolean;
  readonly isOutput: boolean;
  readonly isRecurrent: boolean;
  /** Recurrent, with gates between the weights and the state. */
  readonly isGated: boolean;
  /** Whether it is inside a residual block, which the signal bypasses unchanged. */
  readonly isBypassed: boolean;
  /** Standard deviation that the initialiser gives. 0: all weights are equal. */
  readonly deviation: number;
  /** Correct deviation for the activation: the smallest and the largest in the literature. */
  readonly right: readonly [number, number];
}

type Deviations = {
  readonly [T in InitConfig["type"]]: (init: Extract<InitConfig, { readonly type: T }>, fans: Fans) => number;
};
interface Fans {
  readonly fanIn: number;
  readonly fanOut: number;
}

const glorot = ({ gain = 1 }: { readonly gain?: number }, { fanIn, fanOut }: Fans): number =>
  gain * Math.sqrt(2 / (fanIn + fanOut));
const he = ({ slope = 0 }: { readonly slope?: number }, { fanIn }: Fans): number =>
  Math.sqrt(2 / ((1 + slope ** 2) * fanIn));
const lecun = ({ gain = 1 }: { readonly gain?: number }, { fanIn }: Fans): number => gain / Math.sqrt(fanIn);
const spread = ({ std = 0.05 }: { readonly std?: number }): number => std;
const alike = (): number => 0;

/** Standard deviation that an initialiser gives: exact, while that of a small matrix is random. */
const DEVIATIONS: Deviations = {
  glorotNormal: glorot,
  glorotTruncatedNormal: glorot,
  glorotUniform: glorot,
  heNormal: he,
  heTruncatedNormal: he,
  heUniform: he,
  lecunNormal: lecun,
  lecunTruncatedNormal: lecun,
  lecunUniform: lecun,
  // rows (or columns, of a tall matrix) of length `gain`
  orthogonal: ({ gain = 1 }, { fanIn, fanOut }) => gain / Math.sqrt(Math.max(fanIn, fanOut)),
  constant: alike,
  zeros: alike,
  ones: alike,
  normal: spread,
  truncatedNormal: spread,
  uniform: ({ limit = 0.05 }) => limit / Math.sqrt(3),
  blocks: ({ blocks }, fans) => {
    const [first = "zeros"] = blocks;
    return initialDeviation((typeof first === "string" ? { type: first } : first) as InitConfig, fans);
  },
};

export function initialDeviation(init: InitConfig, fans: Fans): number {
  return (DEVIATIONS[init.type] as (init: InitConfig, fans: Fans) => number)(init, fans);
}

/** Smallest and largest correct deviation before this activation: LeCun's and Glorot's 1 / sqrt(fan), up to that times the
 *  activation's gain; Glorot's factor of four for the logistic sigmoid, whose slope is at most 1/4. */
function rightDeviation(activation: Resolved<ActivationConfig>, { fanIn, fanOut }: Fans): readonly [number, number] {
  const { gives, gain: own } = activationFacts(activation);
  const gain = Math.max(1, gives === "probability" ? 4 : own);
  const [byInput, byBoth] = [1 / Math.sqrt(fanIn), Math.sqrt(2 / (fanIn + fanOut))];
  return [Math.min(byInput, byBoth), gain * Math.max(byInput, byBoth)];
}

const IDENTITY: Resolved<ActivationConfig> = { type: "identity" };

/** The activation and normalisation that follow a layer. */
function followed(
  layers: readonly LayerInfo[],
  index: number,
): Pick<WeightFacts, "activation" | "activationPath" | "isNormalised"> {
  let isNormalised = false;
  for (const { path, config } of layers.slice(index + 1)) {
    if (isActivation(config)) return { activation: config, activationPath: path, isNormalised };
    const { role, passes } = factsOf(config);
    if (role === "normalization") isNormalised = true;
    // what is inside a chain comes next
    else if (role !== "chain" && passes === "nothing") break;
  }
  return { activation: IDENTITY, activationPath: undefined, isNormalised };
}

/** The signal passes beside these layers, or in parts through each of their weights. */
const BYPASSED: readonly LayerRole[] = ["residual", "attention"];

/** All weights of rank 2 or more, lowest layer first. */
export function weightFacts(model: Model): readonly WeightFacts[] {
  const { layers } = model;
  const withWeights = layers.filter(({ parameters }) => Object.values(parameters).some(({ length }) => length >= 2));
  const last = withWeights.at(-1);
  const bypassed = layers.filter((layer) => BYPASSED.includes(factsOf(layer).role)).map(({ path }) => path);
  return layers.flatMap((layer, index) => {
    const facts = factsOf(layer);
    const isRecurrent = facts.role === "recurrent";
    // cells take activations by name, with their defaults
    const after = isRecurrent
      ? { activation: { type: facts.activation(layer.config) }, activationPath: layer.path, isNormalised: false }
      : followed(layers, index);
    return Object.entries(layer.initialization)
      .filter(([, { shape }]) => shape.length >= 2)
      .map(([name, { shape, init, fanIn, fanOut }]) => ({
        path: layer.path,
        role: facts.role,
        name,
        init,
        biasInit: layer.initialization.bias?.init,
        fanIn,
        fanOut,
        units: shape[0] ?? 1,
        ...after,
        isOutput: layer === last,
        isRecurrent,
        isGated: isRecurrent && facts.isGated,
        isBypassed: bypassed.some((path) => layer.path === path || layer.path.startsWith(`${path}.`)),
        deviation: initialDeviation(init, { fanIn, fanOut }),
        right: rightDeviation(after.activation, { fanIn, fanOut }),
      }));
  });
}
