import { type ActivationConfig, activationFacts, isActivation } from "../../nn/activations.ts";
import type { Resolved } from "../../nn/fields.ts";
import { autoInit } from "../../nn/init/auto.ts";
import { type InitConfig, type InitInput, resolveInit } from "../../nn/init/init.ts";
import { factsOf, type LayerConfig } from "../../nn/layers.ts";
import {
  activationAfter,
  isRecurrent,
  isSum,
  type LayerSite,
  type RecurrentLayer,
  rewriteLayers,
  type SumLayer,
} from "./layers.ts";
import type { RemedyRule } from "./remedy.ts";

type Family = "he" | "glorot" | "lecun";

function familyOf({ type }: InitConfig): Family | undefined {
  return (["he", "glorot", "lecun"] as const).find((family) => type.startsWith(family));
}

/** The gain of an initialiser. Default 1. */
const gainOf = (init: InitConfig): number => ("gain" in init ? (init.gain ?? 1) : 1);
const slopeOf = (init: InitConfig): number => ("slope" in init ? (init.slope ?? 0) : 0);

/** Whether two gains, or two slopes, give practically the same variance. */
const isNear = (a: number, b: number): boolean => Math.abs(a - b) <= 0.05 * Math.max(1, Math.abs(b));

/** The logistic sigmoid's slope is at most 1/4; Glorot & Bengio draw its weights up to four times as wide. */
const SIGMOID_GAIN = 4;

/** Whether an initialiser gives the correct variance, with any distribution. */
function fits(current: InitConfig, right: InitConfig, activation: Resolved<ActivationConfig> | undefined): boolean {
  const [own, wanted] = [familyOf(current), familyOf(right)];
  const own_gain = gainOf(current);
  const gain = activation === undefined ? 1 : Math.max(1, activationFacts(activation).gain);
  if (wanted === "he") {
    if (own === "he") return isNear(slopeOf(current), slopeOf(right));
    return current.type === "orthogonal" && isNear(own_gain, gain);
  }
  const isSigmoid = activation !== undefined && activationFacts(activation).gives === "probability";
  const most = isSigmoid ? SIGMOID_GAIN : gain;
  const isKnown = current.type === "orthogonal" || own === "lecun" || (own === "glorot" && wanted === "glorot");
  return isKnown && own_gain >= 1 && own_gain <= most * 1.05;
}

/** The short form: just the name if all fields have their defaults. */
export function named(init: InitConfig): InitInput {
  const entries = Object.entries(init).filter(([name, value]) => name !== "type" && value !== DEFAULTS[name]);
  return entries.length === 0 && init.type !== "constant"
    ? init.type
    : ({ type: init.type, ...Object.fromEntries(entries) } as InitConfig);
}

const DEFAULTS: Readonly<Record<string, unknown>> = { gain: 1, slope: 0 };

function current(init: InitInput | undefined, site: LayerSite): InitConfig {
  const resolved = resolveInit("init", init ?? "auto");
  return resolved === "auto" ? autoInit(site.after) : resolved;
}

/** The correct initialiser of a weighted sum: by the activation that follows; Glorot's for the output layer. */
export function fittingInit(site: LayerSite): InitConfig {
  if (site.isOutput) return resolveInit("init", "glorotUniform") as InitConfig;
  return autoInit(site.after);
}

/** The layer with a fitting initialiser and initial biases of 0; the same object if it has both. */
export function withFittingInit(site: LayerSite, layer: SumLayer): SumLayer {
  const right = fittingInit(site);
  const following = activationAfter(site);
  const activation =
    following !== undefined && isActivation(following) ? (following as Resolved<ActivationConfig>) : undefined;
  const isRight = fits(current(layer.init, site), right, site.isOutput ? undefined : activation);
  const bias = resolveInit("biasInit", layer.biasInit ?? "zeros") as InitConfig;
  if (isRight && bias.type === "zeros") return layer;
  return {
    ...layer,
    ...(isRight ? {} : { init: named(right) }),
    ...(bias.type === "zeros" ? {} : { biasInit: "zeros" }),
  };
}

function isOrthogonal(init: InitInput | undefined): boolean {
  const given = resolveInit("recurrentInit", init ?? "orthogonal");
  if (given === "auto") return true;
  if (given.type === "blocks") return given.blocks.every(isOrthogonal);
  return given.type === "orthogonal" && isNear(gainOf(given), 1);
}

/** Whether a forget gate is initially open or half open. */
const isOpen = (forgetBias: number): boolean => forgetBias >= 0 && forgetBias <= 3;

function recurrent(layer: RecurrentLayer, { info }: LayerSite): RecurrentLayer {
  const given = resolveInit("init", layer.init ?? "glorotUniform");
  const isRight =
    given === "auto" || ((familyOf(given) !== undefined || given.type === "orthogonal") && gainOf(given) <= 1);
  const { forgetBias } = info.config as { readonly forgetBias?: number };
  const isClosed = forgetBias !== undefined && !isOpen(forgetBias);
  if (isRight && isOrthogonal(layer.recurrentInit) && !isClosed) return layer;
  return {
    ...layer,
    ...(isRight ? {} : { init: "glorotUniform" }),
    ...(isOrthogonal(layer.recurrentInit) ? {} : { recurrentInit: "orthogonal" }),
    ...(isClosed ? { forgetBias: 1 } : {}),
  };
}

/** Layers whose own default is correct before any activation: an embedding's N(0, 1), attention's Glorot. */
function standing(layer: LayerConfig): LayerConfig {
  if (!("init" in layer) || layer.init === undefined) return layer;
  const { role } = factsOf(layer);
  if (role === "lookup") {
    const init = resolveInit("init", layer.init);
    const isAlike = init !== "auto" && (init.type === "constant" || init.type === "zeros" || init.type === "ones");
    return isAlike ? { ...layer, init: { type: "normal", std: 1 } } : layer;
  }
  if (role === "attention") {
    const init = resolveInit("init", layer.init);
    return init === "auto" || familyOf(init) !== undefined ? layer : { ...layer, init: "glorotUniform" };
  }
  return layer;
}

/** Gives every weight the initialiser for its activation, so that signal and gradient keep their size from layer to layer:
 *    rectifiers  var = 2 / ((1 + slope^2) fanIn)        tanh, sigmoid, none, and the output layer  var = 2 / (fanIn + fanOut)
 *    from state to state: orthogonal        biases: 0        forget gates: 1
 *  An initialiser with the correct variance stays, with any distribution. */
export const init: RemedyRule = {
  source:
    "Glorot & Bengio, Understanding the difficulty of training deep feedforward neural networks, 2010; He et al., Delving Deep into Rectifiers, 2015; Saxe et al., Exact solutions to the nonlinear dynamics of learning in deep linear neural networks, 2014",
  rewrite(settings) {
    let count = 0;
    const next = rewriteLayers(settings, (site) => {
      const { layer } = site;
      const changed = isSum(layer)
        ? withFittingInit(site, layer)
        : isRecurrent(layer)
          ? recurrent(layer, site)
          : standing(layer);
      if (changed === layer) return undefined;
      count++;
      return [changed];
    });
    return next === settings ? undefined : { settings: next, values: { initLayers: count } };
  },
};
