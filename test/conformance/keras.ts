import type { HostArray } from "../../src/core/dtype.ts";
import type { Tree } from "../../src/core/tree.ts";
import { type ClipConfig, createClip } from "../../src/optim/clip.ts";
import type { OptimizerOptions } from "../../src/optim/optimizer.ts";
import { createOptimizer, type OptimizerConfig } from "../../src/optim/optimizers.ts";
import { applyUpdates, chain, type Transform } from "../../src/optim/transform.ts";
import { compile } from "../../src/tensor/compile.ts";
import { tensor } from "../../src/tensor/create.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { flatten, hostArrayOfNested, type Nested } from "./arrays.ts";
import { type Case, type Context, type Kind, toleranceOf, Unsupported } from "./case.ts";
import type { Comparison } from "./compare.ts";
import { evaluateOn } from "./evaluate.ts";

type Arguments = Readonly<Record<string, number | boolean | null>>;

interface KerasCase {
  readonly name: string;
  readonly optimizer: string;
  readonly kwargs: Arguments;
  readonly resolved?: Arguments;
  readonly initial: readonly Nested[];
  readonly excludeFromWeightDecay: readonly (readonly number[])[];
  readonly events: readonly KerasEvent[];
  readonly afterStepF32?: readonly (readonly Nested[])[];
  readonly afterStepF64?: readonly (readonly Nested[])[];
}

type KerasEvent =
  | { readonly type: "step"; readonly grads: readonly Nested[]; readonly vars: readonly number[] }
  | { readonly type: "expect" }
  | { readonly type: "expectClipped"; readonly grads: readonly Nested[]; readonly value: readonly Nested[] };

type Translate = (resolved: Arguments) => OptimizerConfig;

const number = (value: number | boolean | null | undefined): number => Number(value);

/** Keras's optimisers as ours. Its epsilon is inside the root or is Adam's epsilon-hat. */
const OPTIMIZERS: Readonly<Record<string, Translate>> = {
  SGD: ({ momentum, nesterov }) => ({
    type: "sgd",
    momentum: number(momentum),
    // Keras's Nesterov without momentum is plain gradient descent
    nesterov: nesterov === true && number(momentum) > 0,
  }),
  Adagrad: ({ initial_accumulator_value, epsilon }) => ({
    type: "adagrad",
    initialAccumulator: number(initial_accumulator_value),
    epsilon: number(epsilon),
    epsilonInside: true,
  }),
  Adadelta: ({ rho, epsilon }) => ({ type: "adadelta", rho: number(rho), epsilon: number(epsilon) }),
  RMSprop: ({ rho, momentum, epsilon, centered }) => ({
    type: "rmsprop",
    rho: number(rho),
    momentum: number(momentum),
    epsilon: number(epsilon),
    centered: centered === true,
    epsilonInside: true,
  }),
  Adam: (resolved) => ({ type: "adam", ...adamOf(resolved), epsilonHat: true, amsgrad: resolved.amsgrad === true }),
  AdamW: (resolved) => ({ type: "adamw", ...adamOf(resolved), epsilonHat: true, amsgrad: resolved.amsgrad === true }),
  Nadam: (resolved) => ({ type: "nadam", ...adamOf(resolved), momentumDecay: 1 }),
  Adamax: (resolved) => ({ type: "adamax", ...adamOf(resolved) }),
  Lion: ({ beta_1, beta_2 }) => ({ type: "lion", beta1: number(beta_1), beta2: number(beta_2) }),
  Lamb: (resolved) => ({ type: "lamb", ...adamOf(resolved), decayOutsideRatio: true }),
  // Keras's l2 are the factors of w^2, ours of w^2 / 2
  Ftrl: (resolved) => ({
    type: "ftrl",
    accumulatorPower: -number(resolved.learning_rate_power),
    initialAccumulator: number(resolved.initial_accumulator_value),
    l1: number(resolved.l1_regularization_strength),
    l2: 2 * number(resolved.l2_regularization_strength),
    l2Shrinkage: 2 * number(resolved.l2_shrinkage_regularization_strength),
    beta: number(resolved.beta),
  }),
  // Keras takes min(learning_rate, 1 / sqrt(t)) whatever its relative_step says
  Adafactor: ({ beta_2_decay, epsilon_1, epsilon_2, clip_threshold }) => ({
    type: "adafactor",
    decayPower: -number(beta_2_decay),
    epsilon: number(epsilon_1),
    minimumScale: number(epsilon_2),
    clipThreshold: number(clip_threshold),
    relativeStep: true,
  }),
};

function adamOf({ beta_1, beta_2, epsilon }: Arguments): { beta1: number; beta2: number; epsilon: number } {
  return { beta1: number(beta_1), beta2: number(beta_2), epsilon: number(epsilon) };
}

function clipOf(resolved: Arguments): ClipConfig | undefined {
  if (typeof resolved.clipnorm === "number") return { type: "norm", maxNorm: resolved.clipnorm };
  if (typeof resolved.global_clipnorm === "number") return { type: "globalNorm", maxNorm: resolved.global_clipnorm };
  if (typeof resolved.clipvalue === "number") return { type: "value", value: resolved.clipvalue };
  return undefined;
}

const UNKNOWN_SETTINGS = ["use_ema", "ema_overwrite_frequency", "loss_scale_factor", "gradient_accumulation_steps"];

function transformOf({ optimizer, resolved = {}, excludeFromWeightDecay }: KerasCase): Transform {
  const translate = OPTIMIZERS[optimizer];
  if (!translate) throw new Unsupported(`optimizer ${optimizer}`);
  for (const name of UNKNOWN_SETTINGS) if (resolved[name]) throw new Unsupported(`optimizer setting ${name}`);
  const excluded = new Set(excludeFromWeightDecay.flat().map(nameOf));
  const common: OptimizerOptions = {
    learningRate: number(resolved.learning_rate),
    decoupledWeightDecay: number(resolved.weight_decay),
    excludeFromDecay: (path) => excluded.has(path),
  };
  const configured = createOptimizer({ ...translate(resolved), ...common });
  const clip = clipOf(resolved);
  return clip ? chain(createClip(clip), configured) : configured;
}

const nameOf = (variable: number): string => `v${variable}`;

/** The parts of a tree that belong to some variables; scalars and entries not named after a variable are kept. */
function only(tree: Tree<Tensor>, names: ReadonlySet<string>): Tree<Tensor> {
  if (tree instanceof Tensor) return tree;
  const entries = Object.entries(tree).filter(([name]) => !/^v\d+$/.test(name) || names.has(name));
  return Object.fromEntries(entries.map(([name, part]) => [name, only(part as Tree<Tensor>, names)]));
}

interface State {
  readonly [name: string]: Tree<Tensor>;
  readonly parameters: Tree<Tensor>;
  readonly optimizer: Tree<Tensor>;
}

async function runSteps(kerasCase: KerasCase, { backend }: Context, comparison: Comparison): Promise<void> {
  const expected = backend.name === "reference" ? kerasCase.afterStepF64 : kerasCase.afterStepF32;
  if (!expected) throw new Unsupported("the case states no values after its steps");
  const transform = transformOf(kerasCase);
  const parameters = Object.fromEntries(
    kerasCase.initial.map((value, index) => [nameOf(index), tensor(hostArrayOfNested(value))]),
  );
  const step = await compile<State, Record<string, Tensor>, Tree<Tensor>>(
    (state, gradients) => {
      const names = new Set(Object.keys(gradients));
      const moving = only(state.parameters, names);
      const result = transform.update(gradients, only(state.optimizer, names), moving);
      return { outputs: {}, state: { parameters: applyUpdates(moving, result.updates), optimizer: result.state } };
    },
    { state: { parameters, optimizer: transform.init(parameters) }, backend },
  );
  let done = 0;
  for (const event of kerasCase.events) {
    if (event.type !== "step") continue;
    const gradients = event.vars.map((variable, index) => [
      nameOf(variable),
      hostArrayOfNested(event.grads[index] as Nested),
    ]);
    step.runSync(Object.fromEntries(gradients));
    const values = (await step.state.read()).parameters as Readonly<Record<string, HostArray>>;
    (expected[done] as readonly Nested[]).forEach((value, variable) => {
      const { data } = values[nameOf(variable)] as HostArray;
      comparison.check(`step ${done + 1}, variable ${variable}`, data, flatten(value));
    });
    done++;
  }
  step.dispose();
}

async function runClip(kerasCase: KerasCase, { backend }: Context, comparison: Comparison): Promise<void> {
  const config = clipOf(kerasCase.kwargs);
  if (!config) throw new Unsupported("a clip without clipnorm, clipvalue or global_clipnorm");
  const clip = createClip(config);
  for (const event of kerasCase.events) {
    if (event.type !== "expectClipped") continue;
    const inputs = Object.fromEntries(event.grads.map((value, index) => [nameOf(index), hostArrayOfNested(value)]));
    const outputs = await evaluateOn(
      backend,
      inputs,
      (gradients) => clip.update(gradients, {}, gradients).updates as Readonly<Record<string, Tensor>>,
    );
    event.value.forEach((value, index) => {
      comparison.check(`gradient ${index}`, (outputs[nameOf(index)] as HostArray).data, flatten(value));
    });
  }
}

/** Even in float64 Keras computes some values in float32: norms for clipping, which shows at 4e-9; and in Adafactor the
 *  means of rows and columns and the root mean squares, of values around 1, which shows at 8e-8 (half a float32 digit is 6e-8).
 *  Rounded at those places, our formula gives Keras's values to 2e-9. */
function toleranceOfCase({ kwargs, optimizer }: KerasCase): number {
  return kwargs.clipnorm || kwargs.global_clipnorm || optimizer === "Adafactor" ? 1e-7 : 1e-10;
}

/** Optimiser steps computed by Keras 3: `{ cases: [{ optimizer, resolved, initial, events, afterStepF64 }] }`. */
export const keras: Kind = {
  name: "keras-golden",
  recognises: ({ cases, kerasSource }) => Array.isArray(cases) && kerasSource !== undefined,
  cases: (content, context) =>
    (content as { readonly cases: readonly KerasCase[] }).cases.map(
      (kerasCase): Case => ({
        name: kerasCase.name,
        tolerance: toleranceOf(context.backend.name, toleranceOfCase(kerasCase)),
        async run(comparison) {
          const clips = kerasCase.events.some((event) => event.type === "expectClipped");
          await (clips ? runClip : runSteps)(kerasCase, context, comparison);
        },
      }),
    ),
};
