import assert from "node:assert/strict";
import type { HostArray } from "../../src/core/dtype.ts";
import { type ErrorCode, GradusError } from "../../src/core/errors.ts";
import type { Tree } from "../../src/core/tree.ts";
import type { Transform } from "../../src/optim/transform.ts";
import { applyUpdates } from "../../src/optim/transform.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";
import { type CompiledStep, compile } from "../../src/tensor/compile.ts";
import { tensor } from "../../src/tensor/create.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

export type Weights = Readonly<Record<string, Tensor>>;

/** float64 values of a shape; by default a vector. */
export function array(values: readonly number[], shape: readonly number[] = [values.length]): HostArray {
  return { shape, dtype: "float32", data: Float64Array.from(values) };
}

type State = { readonly parameters: Weights; readonly optimizer: Tree<Tensor> };

/** A running optimiser, in float64 unless on another backend, on named weights, with gradients from outside. */
export class Run {
  readonly #step: CompiledStep<State, Weights, Weights>;

  private constructor(step: CompiledStep<State, Weights, Weights>) {
    this.#step = step;
  }

  static async start(
    transform: Transform,
    initial: Readonly<Record<string, HostArray>>,
    backend: Backend = createReferenceBackend(),
  ): Promise<Run> {
    const parameters = Object.fromEntries(Object.entries(initial).map(([name, value]) => [name, tensor(value)]));
    const step = await compile<State, Weights, Weights>(
      (state, gradients) => {
        const result = transform.update(gradients, state.optimizer, state.parameters);
        return {
          outputs: result.measures ?? {},
          state: { parameters: applyUpdates(state.parameters, result.updates), optimizer: result.state },
        };
      },
      { state: { parameters, optimizer: transform.init(parameters) }, backend },
    );
    return new Run(step);
  }

  /** One update; returns the measures. */
  update(gradients: Readonly<Record<string, HostArray>>): Readonly<Record<string, number>> {
    const outputs = this.#step.runSync(gradients) as Readonly<Record<string, HostArray>>;
    return Object.fromEntries(Object.entries(outputs).map(([name, { data }]) => [name, data[0] as number]));
  }

  /** The weight of that name. */
  async weight(name: string): Promise<readonly number[]> {
    const { parameters } = (await this.#step.state.read()) as {
      readonly parameters: Readonly<Record<string, HostArray>>;
    };
    return [...(parameters[name] as HostArray).data];
  }

  /** Paths of all state that is kept between steps. */
  get statePaths(): readonly string[] {
    return this.#step.state.leaves.map(({ path }) => path);
  }
}

/** Updates by a stateless transform, for parameters of the gradients' shapes (zeros unless given). */
export async function transformed(
  transform: Transform,
  gradients: Readonly<Record<string, HostArray>>,
  parameters: Readonly<Record<string, HostArray>> = gradients,
): Promise<{ readonly updates: Readonly<Record<string, readonly number[]>>; readonly gradientNorm: number }> {
  const run = await compile<Weights, { readonly g: Weights; readonly w: Weights }, { updates: Weights; norm: Tensor }>(
    (_, { g, w }) => {
      const result = transform.update(g, {}, w);
      return { outputs: { updates: result.updates as Weights, norm: result.measures?.gradientNorm as Tensor } };
    },
    { state: {}, backend: createReferenceBackend() },
  );
  const outputs = run.runSync({ g: gradients, w: parameters }) as unknown as {
    readonly updates: Readonly<Record<string, HostArray>>;
    readonly norm: HostArray;
  };
  return {
    updates: Object.fromEntries(Object.entries(outputs.updates).map(([name, { data }]) => [name, [...data]])),
    gradientNorm: outputs.norm.data[0] as number,
  };
}

export function assertClose(actual: readonly number[], expected: readonly number[], tolerance = 1e-12): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, index) => {
    const wanted = expected[index] as number;
    const difference = Math.abs(value - wanted) / Math.max(1, Math.abs(wanted));
    assert.ok(difference <= tolerance, `element ${index}: ${value}, expected ${wanted}`);
  });
}

/** Requires that the function throws a GradusError with this code and at least these values. */
export function assertThrows(fn: () => unknown, code: ErrorCode, values: Readonly<Record<string, unknown>> = {}): void {
  assert.throws(fn, (error) => {
    assert.ok(error instanceof GradusError, String(error));
    assert.equal(error.code, code, error.message);
    for (const [name, value] of Object.entries(values)) assert.deepEqual(error.values[name], value, error.message);
    return true;
  });
}
