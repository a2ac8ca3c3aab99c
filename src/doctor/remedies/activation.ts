import { type ActivationConfig, activationKind, isActivation } from "../../nn/activations.ts";
import { factsOf, type LayerConfig } from "../../nn/layers.ts";
import type { CellActivation } from "../../nn/recurrent/cell-activation.ts";
import type { Settings } from "../../train/training.ts";
import { withFittingInit } from "./init.ts";
import {
  activationAfter,
  isRecurrent,
  isSum,
  type LayerSite,
  layerSites,
  type RecurrentLayer,
  rewriteLayers,
  untilNextWeight,
  widthOf,
} from "./layers.ts";
import { isAgainst, type RemedyContext, type RemedyRule, rounded } from "./remedy.ts";

/** Harm of an activation in a deep network: it squashes (its slope vanishes on both sides), grows faster than its input, or dies (it
 *  is flat on one side). Others do no harm. */
const HARMS = ["squashes", "grows", "dies"] as const;
type Harm = (typeof HARMS)[number];

export function harmOf(layer: LayerConfig): Harm | undefined {
  const kind = isActivation(layer) ? activationKind(layer).inDepth : undefined;
  return HARMS.find((harm) => harm === kind);
}

/** A network of rectifiers may be dead from the start: with widths N_l, and each symmetric unit silent for half of the inputs,
 *    P(some layer is silent as a whole) = 1 - product over layers of (1 - 2^-N_l)
 *  Above this, rectifiers also get a slope on their other side. Source: Lu et al. 2020. */
const BORN_DEAD = 0.01;

/** Slope of leaky rectifiers, steep enough that a narrow and deep network keeps its signal: with 0.01 a negative sum is almost lost
 *  after two layers. Source: Maas, Hannun & Ng 2013; Xu et al., Empirical Evaluation of Rectified Activations, 2015 (slopes around 0.18 to 0.3
 *  beat 0.01). */
const SLOPE = 0.2;

/** Hidden layers that are activations. */
function hiddenActivations(sites: readonly LayerSite[]): readonly LayerSite[] {
  return sites.filter(({ layer, isOutput }) => !isOutput && isActivation(layer));
}

/** Probability that rectifiers in place of these activations are dead from the start. */
export function chanceOfDeath(sites: readonly LayerSite[]): number {
  // the first layer sees the samples themselves
  const alive = sites.slice(1).reduce((product, { info }) => product * (1 - 2 ** -widthOf(info.outputShape)), 1);
  return 1 - alive;
}

/** The harms that the problems attribute to activations. */
function harmsAgainst(context: RemedyContext, present: ReadonlySet<Harm>): readonly Harm[] {
  if (context.findings.length === 0) return ["squashes", "grows", "dies"];
  if (isAgainst(context, ["dead-units"])) return ["dies", "grows"];
  if (isAgainst(context, ["vanishing-gradient", "saturated-units", "slow-convergence", "underfitting"])) {
    // rectifiers are replaced if there is nothing worse
    return present.has("squashes") || present.has("grows") ? ["squashes", "grows"] : ["dies"];
  }
  return present.has("grows") ? ["grows"] : ["squashes"];
}

/** A weighted sum that feeds another with only linear layers between them: both are one linear map. */
function isLinearPair({ layer, after, isOutput }: LayerSite): boolean {
  if (isOutput || !isSum(layer)) return false;
  const between = untilNextWeight(after);
  const next = after[between.length];
  return (
    next !== undefined &&
    isSum(next) &&
    !between.some((each) => isActivation(each) || factsOf(each).passes === "largest")
  );
}

/** What cells are given; also what they have by default. */
const CELL = { activation: "tanh", gateActivation: "sigmoid" } as const;

function cell(layer: RecurrentLayer): RecurrentLayer {
  const isRight = (layer.activation ?? CELL.activation) === CELL.activation;
  const { gateActivation: gate = CELL.gateActivation } = layer as { readonly gateActivation?: CellActivation };
  const isGate = activationKind({ type: gate }).gives === "probability";
  if (isRight && isGate) return layer;
  return {
    ...layer,
    ...(isRight ? {} : { activation: CELL.activation }),
    ...(isGate ? {} : { gateActivation: CELL.gateActivation }),
  } as RecurrentLayer;
}

/** The replacement. */
function replacement(sites: readonly LayerSite[], harms: readonly Harm[]): ActivationConfig {
  const places = hiddenActivations(sites);
  const isDeadly = chanceOfDeath(places) > BORN_DEAD;
  const isDying = harms.includes("dies") && places.some(({ layer }) => harmOf(layer) === "dies");
  return isDying || isDeadly ? { type: "leakyRelu", slope: SLOPE } : { type: "relu" };
}

/** Gives weights with a new activation the initialiser that fits it. */
function refit(before: Settings, after: Settings): Settings {
  const old = new Map(layerSites(before.model).map((site) => [site.path, site]));
  const isInserted = layerSites(after.model).length !== old.size;
  return rewriteLayers(after, (site) => {
    const { layer, path } = site;
    if (!isSum(layer) || site.isOutput) return undefined;
    const was = old.get(path);
    const follows = activationAfter(site);
    const isSame = !isInserted && was !== undefined && sameActivation(activationAfter(was), follows);
    if (isSame || follows === undefined) return undefined;
    const fitted = withFittingInit(site, layer);
    return fitted === layer ? undefined : [fitted];
  });
}

function sameActivation(a: LayerConfig | undefined, b: LayerConfig | undefined): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Replaces hidden activations that squash, grow or die by rectifiers (leaky ones if narrow layers would die), with the fitting
 *  initialiser; cells of recurrent layers become hyperbolic tangents with logistic gates. If a network lacks activations and learns too
 *  little, rectifiers are inserted. The output activation stays. */
export const activation: RemedyRule = {
  source:
    "Glorot, Bordes & Bengio, Deep Sparse Rectifier Neural Networks, 2011; Maas, Hannun & Ng, Rectifier Nonlinearities Improve Neural Network Acoustic Models, 2013; Lu et al., Dying ReLU and Initialization, 2020",
  rewrite(settings, context) {
    const sites = layerSites(settings.model);
    const places = hiddenActivations(sites);
    // judged by the patient's own network, so that nothing is treated twice
    const own = layerSites((context.patient.training?.settings ?? settings).model);
    const present = new Set(hiddenActivations(own).flatMap(({ layer }) => harmOf(layer) ?? []));
    const harms = harmsAgainst(context, present);
    const chosen = replacement(sites, harms);
    const isShort = isAgainst(context, ["underfitting", "slow-convergence"]);
    let count = 0;
    const swapped = rewriteLayers(settings, (site) => {
      const { layer, isOutput } = site;
      if (isRecurrent(layer)) {
        const changed = cell(layer);
        if (changed === layer) return undefined;
        count++;
        return [changed];
      }
      if (isShort && isLinearPair(site)) {
        count++;
        return [layer, chosen];
      }
      const harm = harmOf(layer);
      if (isOutput || harm === undefined || !harms.includes(harm)) return undefined;
      count++;
      return [chosen];
    });
    if (swapped === settings) return undefined;
    const next = refit(settings, swapped);
    const chance = chanceOfDeath(places);
    return {
      settings: next,
      values: {
        activation: chosen.type,
        activationLayers: count,
        ...(harmOf(chosen) === undefined && chance > BORN_DEAD ? { chanceOfDeath: rounded(chance) } : {}),
      },
    };
  },
};
