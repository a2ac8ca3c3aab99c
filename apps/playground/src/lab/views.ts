import {
  applyScaling,
  type CompiledStep,
  compile,
  type Dataset,
  DeviceState,
  fromArrays,
  functional,
  type HostArray,
  type ModelState,
  randomKey,
  type Tensor,
} from "gradus";
import type { Histogram } from "gradus/watch";
import type { LabData } from "./data.ts";
import { confusionOf, planeOf, valuesOf, wrongPictures } from "./drawn-output.ts";
import { filtersOf } from "./filters.ts";
import { histogramOf } from "./histogram.ts";
import { hostState } from "./leaves.ts";
import type { Filters, OutputView } from "./protocol.ts";
import type { Session } from "./session.ts";

/** Points per side of the picture of a plane, and for networks that compute long. */
const SIZE = 60;
const SMALL_SIZE = 40;

/** Multiplications of one picture above which it is smaller. */
const MANY_PRODUCTS = 2e8;

/** Rows of one run of the program that answers. */
const ROWS = 300;

/** Most numbers in the outputs of all layers together, and most samples. */
const MOST_NUMBERS = 1e6;
const MOST_SAMPLES = 256;

/** Layers whose outputs are those of the layer before them, rearranged or thinned out. */
const PASSIVE: readonly string[] = ["flatten", "dropout", "alphaDropout", "skip", "reshape"];

type State = { readonly parameters: ModelState["parameters"]; readonly buffers: ModelState["buffers"] };
type Rows = { readonly x: Tensor };
type Answers = CompiledStep<State, Rows, { readonly y: Tensor }>;
type Activations = CompiledStep<State, Rows, { readonly layers: Readonly<Record<string, Tensor>> }>;

/** What one network shows besides its curves: computed on request, from a copy of its weights, by programs that are compiled once. */
export class SessionViews {
  readonly #session: Session;
  readonly #data: LabData;
  #weights: DeviceState<State> | undefined;
  #answers: Answers | undefined;
  #activations: Activations | undefined;
  #samples: HostArray | undefined;
  #grid: Float32Array | undefined;

  constructor(session: Session, data: LabData) {
    this.#session = session;
    this.#data = data;
  }

  /** Copies the weights of now. False if there are none, after a failure. */
  async refresh(): Promise<boolean> {
    const state = await this.#session.state();
    if (state === undefined) return false;
    const { parameters, buffers } = state;
    if (this.#weights === undefined) {
      this.#weights = await DeviceState.create<State>({ parameters, buffers }, this.#session.backend);
    } else this.#weights.write(await hostState(state));
    return true;
  }

  /** The output after `refresh`. */
  async output(): Promise<OutputView> {
    const { summary, test } = this.#data;
    const { plane, kind, task, classes = 2 } = summary;
    if (plane !== undefined) {
      const size = this.#gridSize;
      this.#grid ??= this.#scaledGrid(plane.low, plane.high, size);
      return planeOf(await this.#ask(this.#grid), size);
    }
    const answers = await this.#ask(this.#testInputs());
    if (task === "regression") return valuesOf(answers, test);
    return kind === "pictures" ? wrongPictures(answers, test) : confusionOf(answers, test, classes);
  }

  /** Histograms of the layers' outputs on training samples after `refresh`: batch statistics as in training, without dropout. */
  async histograms(): Promise<Readonly<Record<string, Histogram>>> {
    const { model } = this.#session.plan;
    const seen = model.layers.filter(({ type }) => !PASSIVE.includes(type)).map(({ path }) => path);
    this.#activations ??= await compile<State, Rows, { layers: Record<string, Tensor> }>(
      (state, { x }) => {
        const context = { training: true, stochastic: false, key: randomKey(0) };
        const { activations } = model.apply(state, x, context);
        return { outputs: { layers: Object.fromEntries(seen.map((path) => [path, activations.get(path) as Tensor])) } };
      },
      { state: this.#weights as DeviceState<State> },
    );
    this.#samples ??= this.#trainingSamples(seen);
    const { layers } = await this.#activations.run({ x: this.#samples });
    const found = Object.entries(layers as Readonly<Record<string, HostArray>>);
    return Object.fromEntries(found.map(([path, { data }]) => [path, histogramOf(data)]));
  }

  /** Weights of the first layer as pictures after `refresh`; undefined where it does not read pictures. */
  async filters(): Promise<Filters | undefined> {
    if (this.#data.facts.inputShape.length !== 3 || this.#weights === undefined) return undefined;
    const first = this.#session.plan.model.layers.find(({ parameters }) => parameters.weight !== undefined);
    const weight = this.#weights.leaves.find(({ path }) => path === `parameters.${first?.path}.weight`);
    if (first === undefined || weight === undefined) return undefined;
    return filtersOf(await weight.leaf.read(), this.#data.facts.inputShape);
  }

  /** Gives memory and programs back. */
  dispose(): void {
    this.#answers?.dispose();
    this.#activations?.dispose();
    this.#weights?.dispose();
  }

  get #gridSize(): number {
    return this.#session.plan.model.parameterCount * SIZE ** 2 > MANY_PRODUCTS ? SMALL_SIZE : SIZE;
  }

  #scaled(dataset: Dataset): Float32Array {
    const { scaling } = this.#session;
    const { inputs } = (scaling === undefined ? dataset : applyScaling(scaling, dataset)).toArrays();
    return inputs.data as Float32Array;
  }

  /** Points of a square, row by row from the top, as the network sees them. */
  #scaledGrid(low: number, high: number, size: number): Float32Array {
    const points = new Float32Array(2 * size ** 2);
    const at = (index: number) => low + ((index + 0.5) / size) * (high - low);
    for (let row = 0; row < size; row++) {
      for (let column = 0; column < size; column++) {
        const place = 2 * (row * size + column);
        points[place] = at(column);
        points[place + 1] = at(size - 1 - row);
      }
    }
    return this.#scaled(fromArrays({ inputs: points, inputShape: [2], targets: new Float32Array(size ** 2) }));
  }

  #testInputs(): Float32Array {
    this.#grid ??= this.#scaled(this.#data.test);
    return this.#grid;
  }

  #trainingSamples(seen: readonly string[]): HostArray {
    const { layers, inputShape } = this.#session.plan.model;
    const sizes = layers.filter(({ path }) => seen.includes(path)).map(({ outputShape }) => sizeOf(outputShape));
    const perSample = sizes.reduce((sum, size) => sum + size, 0);
    const most = Math.max(8, Math.min(MOST_SAMPLES, Math.floor(MOST_NUMBERS / perSample)));
    const { train } = this.#session.training.data;
    const some = train.length <= most ? train : train.shuffle(0).take(most);
    const { data } = some.toArrays().inputs;
    return { shape: [some.length, ...inputShape], dtype: "float32", data: data as Float32Array };
  }

  /** The network's answers for rows of inputs: probabilities of classes, or values. */
  async #ask(inputs: Float32Array): Promise<{ readonly values: Float32Array; readonly width: number }> {
    const { model } = this.#session.plan;
    const isClasses = this.#data.facts.task === "classification";
    this.#answers ??= await compile<State, Rows, { y: Tensor }>(
      (state, { x }) => {
        const { output } = model.apply(state, x, { training: false });
        return { outputs: { y: isClasses ? functional.softmax(output) : output } };
      },
      { state: this.#weights as DeviceState<State> },
    );
    const [size, width] = [sizeOf(model.inputShape), sizeOf(model.outputShape)];
    const rows = inputs.length / size;
    // every run has as many rows, so that there is one program; the last one repeats some
    const perRun = Math.min(ROWS, rows);
    const values = new Float32Array(rows * width);
    for (let row = 0; row < rows; row += perRun) {
      const start = Math.min(row, rows - perRun);
      const data = inputs.slice(start * size, (start + perRun) * size);
      const { y } = await this.#answers.run({ x: { shape: [perRun, ...model.inputShape], dtype: "float32", data } });
      values.set((y as HostArray).data as Float32Array, start * width);
    }
    return { values, width };
  }
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
