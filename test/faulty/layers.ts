import { GradusError, requireArgument } from "../../src/core/errors.ts";
import { checkOptions, required, resolveFields } from "../../src/core/fields.ts";
import { suggestion } from "../../src/core/suggest.ts";
import { choice, flag, type OptionFields, real, text, whole } from "../../src/data/options.ts";
import type { ActivationConfig } from "../../src/nn/activations.ts";
import type { LayerConfig } from "../../src/nn/layers.ts";
import { CELL_ACTIVATIONS, type CellActivation } from "../../src/nn/recurrent/activations.ts";
import { parseInit } from "./init.ts";

/** One layer of a case as our layers. */
export interface LayerEntry {
  readonly layers: readonly LayerConfig[];
  /** Units or filters, if the layer has some. */
  readonly units?: number;
  /** Strength of the penalty on its kernel, if there is one. */
  readonly l2?: number;
}

/** Their activations as ours; undefined: none. */
const ACTIVATIONS: Readonly<Record<string, ActivationConfig | undefined>> = {
  linear: undefined,
  relu: { type: "relu" },
  relu6: { type: "relu6" },
  // Keras's slope if only the name is given
  leakyRelu: { type: "leakyRelu", slope: 0.2 },
  elu: { type: "elu" },
  selu: { type: "selu" },
  gelu: { type: "gelu" },
  silu: { type: "silu" },
  swish: { type: "silu" },
  mish: { type: "mish" },
  softplus: { type: "softplus" },
  softsign: { type: "softsign" },
  exponential: { type: "exponential" },
  tanh: { type: "tanh" },
  sigmoid: { type: "sigmoid" },
  hardSigmoid: { type: "hardSigmoid" },
  softmax: { type: "softmax" },
};

/** Keras's epsilon and its variance. With its momentum of 0.99 the initial value still has a weight of a third after a hundred steps, which
 *  would decide short trainings; ours, 0.9, changes nothing else. */
const BATCH_NORM: LayerConfig = { type: "batchNorm", epsilon: 1e-3, decay: 0.9, runningVariance: "population" };

const activationField = choice("", Object.keys(ACTIVATIONS));
const strengthField = real("", "a number of 0 or more", (value) => value >= 0);
const initializerField = text("");

const KERNEL = {
  activation: activationField,
  kernelInit: initializerField,
  biasInit: initializerField,
  l2: strengthField,
} satisfies OptionFields;

interface Kernel {
  readonly activation?: string;
  readonly kernelInit?: string;
  readonly biasInit?: string;
  readonly l2?: number;
}

interface LayerRule<Options> {
  readonly fields: OptionFields;
  readonly translate: (options: Options, where: string) => LayerEntry;
}

/** `translate` may rely on these fields. */
function rule<Options>(fields: OptionFields, translate: LayerRule<Options>["translate"]): LayerRule<never> {
  return { fields: { type: required(text("")), ...fields }, translate } as LayerRule<never>;
}

const RULES: Readonly<Record<string, LayerRule<never>>> = {
  dense: rule<Kernel & { readonly units: number }>({ units: required(whole("", 1)), ...KERNEL }, (options, where) =>
    withActivation({ type: "linear", units: options.units, ...kernelOf(options, where) }, options.units, options),
  ),
  conv2d: rule<Kernel & ConvOptions>(
    {
      filters: required(whole("", 1)),
      kernel: required(whole("", 1)),
      stride: whole("", 1),
      padding: choice("", ["valid", "same"]),
      ...KERNEL,
    },
    ({ filters, kernel, stride = 1, padding = "valid", ...options }, where) =>
      withActivation(
        {
          type: "conv2d",
          filters,
          kernel,
          ...(stride === 1 ? {} : { stride }),
          padding,
          ...kernelOf(options, where),
        },
        filters,
        options,
      ),
  ),
  maxPool2d: rule<{ readonly size: number }>({ size: required(whole("", 1)) }, ({ size }) =>
    plain({ type: "maxPool2d", window: size }),
  ),
  flatten: rule({}, () => plain({ type: "flatten" })),
  dropout: rule<{ readonly rate: number }>(
    { rate: required(real("", "a number in [0, 1)", (value) => value >= 0 && value < 1)) },
    ({ rate }) => plain({ type: "dropout", rate }),
  ),
  batchNorm: rule({}, () => plain(BATCH_NORM)),
  leakyRelu: rule<{ readonly slope?: number }>({ slope: real("", "a number", () => true) }, ({ slope = 0.2 }) =>
    plain({ type: "leakyRelu", slope }),
  ),
  simpleRnn: rule<Kernel & RecurrentOptions>(
    {
      units: required(whole("", 1)),
      activation: choice("", ["linear", ...Object.keys(CELL_ACTIVATIONS)]),
      kernelInit: initializerField,
      recurrentInit: initializerField,
      returnSequences: flag(""),
      l2: strengthField,
    },
    ({ units, activation = "tanh", kernelInit, recurrentInit, returnSequences, l2 }, where) => ({
      layers: [
        {
          type: "rnn",
          units,
          activation: activation === "linear" ? "identity" : (activation as CellActivation),
          init: parseInit(`${where}, kernelInit`, kernelInit ?? "glorotUniform"),
          recurrentInit: parseInit(`${where}, recurrentInit`, recurrentInit ?? "orthogonal"),
          ...(returnSequences ? { returnSequences } : {}),
        },
      ],
      units,
      ...(l2 ? { l2 } : {}),
    }),
  ),
};

interface ConvOptions {
  readonly filters: number;
  readonly kernel: number;
  readonly stride?: number;
  readonly padding?: "valid" | "same";
}

interface RecurrentOptions {
  readonly units: number;
  readonly recurrentInit?: string;
  readonly returnSequences?: boolean;
}

const plain = (config: LayerConfig): LayerEntry => ({ layers: [config] });

function kernelOf({ kernelInit = "glorotUniform", biasInit }: Kernel, where: string) {
  return {
    init: parseInit(`${where}, kernelInit`, kernelInit),
    ...(biasInit === undefined ? {} : { biasInit: parseInit(`${where}, biasInit`, biasInit) }),
  };
}

function withActivation(config: LayerConfig, units: number, { activation = "linear", l2 }: Kernel): LayerEntry {
  const function_ = ACTIVATIONS[activation];
  return { layers: function_ ? [config, function_] : [config], units, ...(l2 ? { l2 } : {}) };
}

/** A layer as in the file, unchecked. */
interface Written {
  readonly type?: unknown;
  readonly returnSequences?: unknown;
}

/** The layers of a case as ours. A recurrent layer before another one returns every step.
 *  @throws GradusError `unknown-field`, `bad-argument` with the position and what was expected. */
export function parseLayers(where: string, given: unknown): readonly LayerEntry[] {
  requireArgument(
    Array.isArray(given) && given.length > 0,
    `${where}: expected a list of layers, got ${JSON.stringify(given)}.`,
    { where },
  );
  const list = given as readonly Written[];
  return list.map((layer, index) => {
    const feedsAnother = layer?.type === "simpleRnn" && list[index + 1]?.type === "simpleRnn";
    return parseLayer(`${where}.${index}`, feedsAnother ? { returnSequences: true, ...layer } : layer);
  });
}

function parseLayer(where: string, given: Written): LayerEntry {
  const type = String(given?.type);
  const layerRule = RULES[type];
  if (layerRule) {
    const options = resolveFields(`${where} (${type})`, given, layerRule.fields);
    return layerRule.translate(options as never, `${where} (${type})`);
  }
  // a separate activation
  const activation = Object.hasOwn(ACTIVATIONS, type) ? ACTIVATIONS[type] : undefined;
  if (activation) {
    checkOptions(`${where} (${type})`, given, { type: required(text("")) });
    return plain(activation);
  }
  const known = [...Object.keys(RULES), ...Object.keys(ACTIVATIONS).filter((name) => !Object.hasOwn(RULES, name))];
  throw new GradusError(
    "unknown-field",
    `${where}: there is no layer ${JSON.stringify(given?.type)}; expected one of ${known.join(", ")}.${suggestion(type, known)}`,
    { where, field: type, known },
  );
}
