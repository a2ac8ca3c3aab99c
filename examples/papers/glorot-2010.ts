// Glorot & Bengio, "Understanding the difficulty of training deep feedforward neural networks", AISTATS 2010, sections 4.2 and 5.
//
// Their setting: tanh networks of one to five hidden layers of 1000 units, biases 0, weights drawn from
//   U(-1/sqrt(n), 1/sqrt(n)), n the fan-in         "standard", equation 1:   n Var(W) = 1/3
//   U(-sqrt(6/(n + m)), sqrt(6/(n + m)))           "normalised", equation 16: (n + m)/2 Var(W) = 1
// Their figures 6 and 7, before training: with the standard initialisation, activations shrink from layer to layer on the way up, and
// back-propagated gradients on the way down; with the normalised one both keep their size. Their figure 8: the gradients of the
// weights have about the same size in all layers in both cases (equation 14).
// Here: the same network on MNIST (their figures show another of their data sets), gradients with respect to tanh's inputs s, as in
// their equation 2; sizes are standard deviations over units and digits. `--full` also trains both and compares test errors, as their
// table 1 does (27.2 against 15.6 % on Shapeset, but 1.76 against 1.64 % on MNIST).
import {
  type Backend,
  compile,
  computeLoss,
  type Dataset,
  evaluate,
  fit,
  type InitInput,
  linear,
  type Model,
  type ModelState,
  sequential,
  type Tensor,
  tanh,
  valueAndGrad,
  zeros,
} from "../../src/index.ts";
import { loadMnist } from "../../src/node.ts";
import { percent } from "../common.ts";
import { type About, type Budget, type Result, runPaper, timed } from "./paper.ts";

/** Hidden layers: as in the paper's deepest network. */
const DEPTH = 5;
const LOSS = "softmaxCrossEntropy";

const SIZES = {
  small: { units: 300, digits: 500, trainDigits: 0, epochs: 0 },
  full: { units: 1000, digits: 1000, trainDigits: 20_000, epochs: 3 },
} as const;

const ABOUT: About = {
  name: "glorot-2010",
  title: "Glorot & Bengio 2010: signals and gradients by layer under two initialisations",
  claim:
    "Under U(-1/sqrt(n), 1/sqrt(n)) the back-propagated gradient of a deep tanh network shrinks layer by layer, " +
    "under the normalised initialisation it keeps its size",
};

/** Standard deviations, from the first hidden layer to the last. */
export interface LayerSizes {
  readonly name: string;
  /** of tanh's outputs */
  readonly activations: readonly number[];
  /** of the loss's gradient with respect to tanh's inputs */
  readonly gradients: readonly number[];
  /** of the loss's gradient with respect to the weights */
  readonly weightGradients: readonly number[];
  /** share of test digits classified wrong; only with `--full` */
  readonly testError: number | undefined;
}

/** U(-1/sqrt(n), 1/sqrt(n)) has the variance 1/(3 n) of a LeCun initialisation with gain sqrt(1/3). */
const INITIALISATIONS = {
  standard: { type: "lecunUniform", gain: Math.sqrt(1 / 3) },
  normalised: { type: "glorotUniform" },
} as const satisfies Record<string, InitInput>;

function network(init: InitInput, units: number): Model {
  const hidden = Array.from({ length: DEPTH }, () => [linear(units, { init }), tanh()]).flat();
  return sequential([...hidden, linear(10, { init })], { inputShape: [784] });
}

const deviation = (x: Tensor): Tensor => x.sub(x.mean()).square().mean().sqrt();

/** The sizes at the initial weights, over all given digits. Zeros are added to each layer's sums: the gradient with respect to these
 *  zeros is the gradient with respect to the sums. */
async function sizesAtStart(model: Model, state: ModelState, digits: Dataset, backend: Backend) {
  const sums = model.layers.slice(0, -1).filter(({ type }) => type === "linear");
  const step = await compile(
    (_: Record<string, never>, { x, y }: { readonly x: Tensor; readonly y: Tensor }) => {
      const shifts = Object.fromEntries(
        sums.map(({ path, outputShape }) => [path, zeros([digits.length, ...outputShape])]),
      );
      const { gradient, auxiliary } = valueAndGrad(
        (point: { readonly shifts: Record<string, Tensor>; readonly parameters: ModelState["parameters"] }) => {
          const applied = model.apply({ ...state, parameters: point.parameters }, x, {
            training: true,
            tap: (path, sum) => (path in point.shifts ? sum.add(point.shifts[path] as Tensor) : sum),
          });
          return { value: computeLoss(LOSS, applied.output, y), auxiliary: applied.activations };
        },
      )({ shifts, parameters: state.parameters });
      const weightOf = (path: string): Tensor => (gradient.parameters[path] as { readonly weight: Tensor }).weight;
      return {
        outputs: {
          activations: sums.map(({ path }) => deviation((auxiliary.get(path) as Tensor).tanh())),
          // the loss is a mean over digits, so one digit's own gradient is larger by the number of digits
          gradients: sums.map(({ path }) => deviation((gradient.shifts[path] as Tensor).mul(digits.length))),
          weightGradients: sums.map(({ path }) => deviation(weightOf(path))),
        },
      };
    },
    { state: {}, backend },
  );
  const { inputs, targets } = digits.toArrays();
  const { activations, gradients, weightGradients } = step.runSync({ x: inputs, y: targets });
  step.dispose();
  const numbers = (values: typeof activations) => values.map(({ data }) => data[0] as number);
  return {
    activations: numbers(activations),
    gradients: numbers(gradients),
    weightGradients: numbers(weightGradients),
  };
}

/** First over last: the share of the last hidden layer's gradient that reaches the first. */
export const leftOf = ({ gradients }: Pick<LayerSizes, "gradients">): number =>
  (gradients[0] as number) / (gradients.at(-1) as number);

function tableOf(all: readonly LayerSizes[]): string[][] {
  const line = (name: string, what: string, values: readonly number[], error = ""): string[] => [
    `${name}, ${what}`,
    ...values.map((value) => value.toExponential(1)),
    error,
  ];
  return [
    ["standard deviation of", ...Array.from({ length: DEPTH }, (_, layer) => `layer ${layer + 1}`), ""],
    ...all.flatMap(({ name, activations, gradients, weightGradients, testError }) => [
      line(name, "activations", activations, testError === undefined ? "" : `test error ${percent(testError)}`),
      line(name, "gradients of sums", gradients),
      line(name, "gradients of weights", weightGradients),
    ]),
  ];
}

/** Reproduced if under the standard initialisation less than a fifth of the gradient reaches the first layer, and each layer makes it
 *  smaller; and under the normalised one between a half and twice. (Expected by equations 6 and 11: (1/3)^(4/2) = 0.11 and 1, times
 *  tanh's slopes.) */
export function run(budget: Budget): Promise<Result<readonly LayerSizes[]>> {
  const { units, digits, trainDigits, epochs } = SIZES[budget.full ? "full" : "small"];
  return timed(budget, async (backend) => {
    const { train, test } = await loadMnist(budget.full ? {} : { train: digits, test: 100 });
    const measured: LayerSizes[] = [];
    for (const [name, init] of Object.entries(INITIALISATIONS)) {
      const model = network(init, units);
      const state = model.initialize(budget.seed);
      const sizes = await sizesAtStart(model, state, train.take(digits), backend);
      let testError: number | undefined;
      if (budget.full) {
        const trained = await fit(model, {
          data: train.take(trainDigits),
          loss: LOSS,
          // as in the paper: plain steps on batches of ten, but without a search for the rate
          optimizer: { type: "sgd", learningRate: 0.01 },
          batchSize: 10,
          epochs: budget.epochs ?? epochs,
          seed: budget.seed,
          initialState: state,
          backend,
        });
        const { accuracy = Number.NaN } = await evaluate(model, trained.state, test, { loss: LOSS, backend });
        testError = 1 - accuracy;
        budget.say?.(`${name}: trained`);
      }
      measured.push({ name, ...sizes, testError });
    }
    const [standard, normalised] = measured as [LayerSizes, LayerSizes];
    const shrinks = standard.gradients.every((size, layer, all) => layer === 0 || size > (all[layer - 1] as number));
    const kept = leftOf(normalised);
    const isReproduced = shrinks && leftOf(standard) < 0.2 && kept > 0.5 && kept < 2;
    return { measured, table: tableOf(measured), isReproduced };
  });
}

await runPaper(import.meta.url, ABOUT, run);
