import { GradusError, requireArgument } from "../core/errors.ts";
import { requireElementType, requireMatching, requireShape } from "../core/host-array.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import type { Graph } from "../graph/node.ts";
import type { Backend, DeviceArray, Executable } from "./backend.ts";

/** A backend whose borders are watched: what comes in is checked once, here, and nothing is done with what was disposed.
 *  @param inner does the work; may rely on shapes, types and lengths, and on states being its own arrays.
 *  @throws GradusError from `allocate` and `compile` of the result: `disposed`; `bad-argument` for shapes, types and states that are
 *    none; from `run`: `disposed`, and as `requireMatching` for each input. */
export function guardBackend(inner: Backend): Backend {
  const own = new WeakSet<DeviceArray>();
  let isDisposed = false;
  const requireOpen = (): void => {
    if (isDisposed) throw new GradusError("disposed", "this backend was disposed; open another one.");
  };
  return {
    name: inner.name,
    threads: inner.threads,
    description: inner.description,
    allocate(shape, dtype) {
      requireOpen();
      requireShape("allocate", shape);
      requireElementType("allocate", dtype);
      const array = inner.allocate([...shape], dtype);
      own.add(array);
      return array;
    },
    compile(graph, states) {
      requireOpen();
      requireStates(graph, states, own);
      return new GuardedExecutable(graph, inner.compile(graph, states), requireOpen);
    },
    dispose() {
      if (isDisposed) return;
      isDisposed = true;
      inner.dispose();
    },
  };
}

/** One array of this backend for each state, shaped as it is. */
function requireStates(graph: Graph, states: readonly DeviceArray[], own: WeakSet<DeviceArray>): void {
  requireArgument(
    states.length === graph.states.length,
    `compile: the graph has ${graph.states.length} states, got ${states.length} arrays. Give one for each.`,
    { expected: graph.states.length, got: states.length },
  );
  graph.states.forEach(({ input }, index) => {
    const array = states[index] as DeviceArray;
    const name = `compile: state ${input.attributes.name}`;
    requireArgument(own.has(array), `${name}: the array is not of this backend. Allocate it here.`, { state: index });
    requireArgument(
      array.dtype === input.dtype && sameShape(array.shape, input.shape),
      `${name}: expected ${input.dtype} ${formatShape(input.shape)}, got ${array.dtype} ${formatShape(array.shape)}.`,
      { state: index },
    );
  });
}

class GuardedExecutable implements Executable {
  readonly #graph: Graph;
  readonly #inner: Executable;
  readonly #requireBackend: () => void;
  readonly profile?: NonNullable<Executable["profile"]>;
  #isDisposed = false;

  constructor(graph: Graph, inner: Executable, requireBackend: () => void) {
    this.#graph = graph;
    this.#inner = inner;
    this.#requireBackend = requireBackend;
    if (inner.profile === undefined) return;
    this.profile = () => {
      this.#requireLive();
      return inner.profile?.() ?? [];
    };
  }

  run(inputs: Parameters<Executable["run"]>[0]): ReturnType<Executable["run"]> {
    this.#requireLive();
    const declared = this.#graph.inputs;
    requireArgument(
      inputs.length === declared.length,
      `run: the program has ${declared.length} inputs, got ${inputs.length} arrays. Give one for each.`,
      { expected: declared.length, got: inputs.length },
    );
    for (let index = 0; index < declared.length; index++) {
      const node = declared[index] as Graph["inputs"][number];
      requireMatching(`input ${node.attributes.name}`, inputs[index], node);
    }
    return this.#inner.run(inputs);
  }

  describe(): string {
    return this.#inner.describe();
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#inner.dispose();
  }

  #requireLive(): void {
    this.#requireBackend();
    if (this.#isDisposed) throw new GradusError("disposed", "this program was disposed; compile it again.");
  }
}
