import type { HostArray } from "../core/dtype.ts";
import { GradusError, requireArgument } from "../core/errors.ts";
import { requireElementType, requireMatching, requireShape } from "../core/host-array.ts";
import { formatShape, sameShape } from "../core/shape.ts";
import type { Graph } from "../graph/node.ts";
import type { Backend, DeviceArray, Executable, SyncBackend } from "./backend.ts";

/** A backend that computes on the calling thread, before it is guarded: `compile` follows from `compileNow`. */
export type SyncWorker = Omit<SyncBackend, "compile">;

/** A backend whose borders are guarded: arguments are checked once, here, and nothing that was disposed is used.
 *  @param inner does the work; may rely on shapes, types and lengths, and on states being its own arrays.
 *  @throws GradusError from `allocate` and `compile` of the result: `disposed`; `bad-argument` for invalid shapes, types and states;
 *    from `run`: `disposed`, and as `requireMatching` for each input. */
export function guardBackend(inner: SyncWorker): SyncBackend;
export function guardBackend(inner: Backend): Backend;
export function guardBackend(inner: SyncWorker | Backend): Backend {
  return "compileNow" in inner ? guardSync(inner) : guardAsync(inner);
}

function guardSync(inner: SyncWorker): SyncBackend {
  const { requireOpen, requireCompilable, ...borders } = bordersOf(inner);
  const compileNow: SyncBackend["compileNow"] = (graph, states) => {
    requireCompilable(graph, states);
    return new GuardedExecutable(graph, inner.compileNow(graph, states), requireOpen);
  };
  return { ...borders, compileNow, compile: async (graph, states) => compileNow(graph, states) };
}

function guardAsync(inner: Backend): Backend {
  const { requireOpen, requireCompilable, ...borders } = bordersOf(inner);
  return {
    ...borders,
    compile: async (graph, states) => {
      requireCompilable(graph, states);
      return new GuardedExecutable(graph, await inner.compile(graph, states), requireOpen);
    },
  };
}

type Allocator<A extends DeviceArray> = Omit<Backend, "compile" | "allocate"> & {
  allocate(...args: Parameters<Backend["allocate"]>): A;
};

/** What is the same for every backend, and the checks that compiling begins with. */
function bordersOf<A extends DeviceArray>(inner: Allocator<A>) {
  const own = new WeakSet<DeviceArray>();
  let isDisposed = false;
  const requireOpen = (): void => {
    if (isDisposed) throw new GradusError("disposed", "this backend was disposed; open another one.");
  };
  const borders: Allocator<A> = {
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
    dispose() {
      if (isDisposed) return;
      isDisposed = true;
      inner.dispose();
    },
  };
  const requireCompilable = (graph: Graph, states: readonly DeviceArray[]): void => {
    requireOpen();
    requireStates(graph, states, own);
  };
  return { ...borders, requireOpen, requireCompilable };
}

/** One array of this backend for each state, of its shape and type. */
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

/** A program whose outputs come at once, or later. */
interface Runs<Outputs extends ReturnType<Executable["run"]>> extends Executable {
  run(inputs: readonly HostArray[]): Outputs;
}

class GuardedExecutable<Outputs extends ReturnType<Executable["run"]>> implements Runs<Outputs> {
  readonly #graph: Graph;
  readonly #inner: Runs<Outputs>;
  readonly #requireBackend: () => void;
  readonly profile?: NonNullable<Executable["profile"]>;
  #isDisposed = false;

  constructor(graph: Graph, inner: Runs<Outputs>, requireBackend: () => void) {
    this.#graph = graph;
    this.#inner = inner;
    this.#requireBackend = requireBackend;
    if (inner.profile === undefined) return;
    this.profile = () => {
      this.#requireLive();
      return inner.profile?.() ?? [];
    };
  }

  run(inputs: readonly HostArray[]): Outputs {
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
