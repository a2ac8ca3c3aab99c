import { describe } from "../core/describe.ts";
import type { DType, HostArray } from "../core/dtype.ts";
import { GradusError, requireArgument } from "../core/errors.ts";
import { checkOptions, type Fields, recordField, required } from "../core/fields.ts";
import { requireHostArray } from "../core/host-array.ts";
import { formatShape, type Shape, sameShape } from "../core/shape.ts";
import { mapTree, type Tree, treeLeaves } from "../core/tree.ts";
import { openBackend } from "../engine/select-backend.ts";
import { literal, makeNode } from "../graph/build.ts";
import { type Graph, isOp, type Node } from "../graph/node.ts";
import { topologicalOrder } from "../graph/walk.ts";
import {
  type Backend,
  type DeviceArray,
  type Executable,
  isSyncBackend,
  type KernelTime,
  type SyncBackend,
} from "../runtime/backend.ts";
import { requireClosed } from "./evaluate.ts";
import { Tensor } from "./tensor.ts";

/** Named arrays that stay on a backend: parameters, optimiser moments, running statistics, random keys.
 *  Compiled steps read them and update them in place; several steps may share one state.
 *    const state = await DeviceState.create({ w: zeros([3]) }, backend) */
export class DeviceState<S extends Tree<Tensor> = Tree<Tensor>> {
  readonly backend: Backend;
  /** The device arrays, in the tree's order. */
  readonly leaves: readonly { readonly path: string; readonly leaf: DeviceArray }[];
  /** The tree without its leaves: an array may be any object, which a tree would take for a branch. */
  readonly #structure: Tree<undefined>;

  private constructor(backend: Backend, structure: Tree<undefined>, leaves: DeviceState["leaves"]) {
    this.backend = backend;
    this.leaves = leaves;
    this.#structure = structure;
  }

  /** Allocates the arrays and fills them with the first values. Values that are still graphs are computed on this backend, with its
   *  precision, all of them in one program.
   *  @param initial the tree of first values: tensors, or host arrays as `read` returns them.
   *  @param backend default: the default backend.
   *  @throws GradusError `bad-argument` for a leaf that is neither; `disposed` for a backend that was disposed; as `openBackend`. */
  static async create<S extends Tree<Tensor> = Tree<Tensor>>(
    initial: S | Values<S>,
    backend?: Backend,
  ): Promise<DeviceState<S>> {
    const tensors = mapTree(initial as Tree<unknown>, requireTensor);
    const opened = backend ?? (await openBackend());
    const computed: { readonly input: Node<"input">; readonly next: Node; readonly array: DeviceArray }[] = [];
    const leaves = treeLeaves(tensors).map(({ path, leaf: { node, shape, dtype } }) => {
      const array = opened.allocate(shape, dtype);
      if (isOp(node, "literal")) array.write({ shape, dtype, data: node.attributes.data });
      else computed.push({ input: makeNode("input", [], { name: path, shape, dtype }), next: node, array });
      return { path, leaf: array };
    });
    if (computed.length > 0) {
      requireClosed(computed.map(({ next }) => next));
      const executable = await opened.compile(
        { inputs: [], states: computed, outputs: [] },
        computed.map(({ array }) => array),
      );
      await executable.run([]);
      executable.dispose();
    }
    const structure = mapTree(tensors, () => undefined);
    return new DeviceState<S>(opened, structure, leaves);
  }

  /** Something for each array, in the tree's structure. */
  map<To>(change: (array: DeviceArray, path: string) => To): Tree<To> {
    let next = 0;
    return mapTree(this.#structure, (_, path) => change(this.leaves[next++]?.leaf as DeviceArray, path));
  }

  /** Copies of all values, in the tree's structure, as they are after every run that was started before. */
  async read(): Promise<Values<S>> {
    // all are asked before anything waits: a run that starts meanwhile changes none of them
    const values = await Promise.all(this.leaves.map(({ leaf }) => leaf.read()));
    let next = 0;
    return this.map(() => values[next++] as HostArray) as Values<S>;
  }

  /** Overwrites all values from a tree of the same structure, after every run that was started before. */
  write(values: Tree<HostArray>): void {
    const sources = new Map(treeLeaves(values).map(({ path, leaf }) => [path, leaf]));
    for (const { path, leaf } of this.leaves) {
      const value = sources.get(path);
      if (value === undefined) {
        throw new GradusError(
          "bad-argument",
          `state: no value for ${path}. Give a tree with the same names as read() returns.`,
          { path },
        );
      }
      leaf.write(value);
    }
  }

  dispose(): void {
    for (const { leaf } of this.leaves) leaf.dispose();
  }
}

/** What a traced step returns: outputs to read, and the new state if it changes. */
export interface StepResult<S, O> {
  readonly outputs: O;
  /** Same structure as the given state, or a part of it (missing names keep their values). */
  readonly state?: S | undefined;
}

type BatchTree = Tree<HostArray | number>;

/** The values of a tree of tensors: each tensor becomes a host array. */
export type Values<T> =
  Tree<Tensor> extends T ? Tree<HostArray> : T extends Tensor ? HostArray : { readonly [K in keyof T]: Values<T[K]> };

/** What is fed for a tree of traced tensors: host arrays, or plain numbers for scalars. */
export type Fed<T> =
  Tree<Tensor> extends T
    ? Tree<HostArray | number>
    : T extends Tensor
      ? HostArray | number
      : { readonly [K in keyof T]: Fed<T[K]> };

/** A step for one combination of batch shapes: as a graph, then as a program. */
interface Traced {
  readonly graph: Graph;
  readonly states: readonly DeviceArray[];
  readonly outputs: Tree<undefined>;
}

interface Specialisation extends Pick<Traced, "outputs"> {
  readonly executable: Executable;
}

/** A step, traced and compiled once for each combination of batch shapes. `compile` makes it. */
export class CompiledStep<S extends Tree<Tensor>, B extends Tree<Tensor>, O extends Tree<Tensor>> {
  readonly state: DeviceState<S>;
  readonly #fn: (state: S, batch: B) => StepResult<S, O>;
  readonly #cache = new Map<string, Specialisation>();
  /** Programs that are being compiled. */
  readonly #compiling = new Map<string, Promise<Specialisation>>();

  constructor(fn: (state: S, batch: B) => StepResult<S, O>, state: DeviceState<S>) {
    this.#fn = fn;
    this.state = state;
  }

  /** Runs one step. The state changes in place; the outputs are host arrays, in the structure that the step returned.
   *  The first run for a combination of batch shapes compiles and may wait: await it before the next. Later runs happen in the order of
   *  their calls and take the batch over at once.
   *  @throws GradusError as `requireHostArray` for what is fed; what the step throws when it is traced. */
  async run(batch: Fed<B>): Promise<Values<O>> {
    const { key, arrays } = fedArrays(batch as BatchTree);
    const { executable, outputs } = this.#cache.get(key) ?? (await this.#compiled(key, batch as BatchTree));
    const values = executable.run(arrays);
    return inTree(outputs, values instanceof Promise ? await values : values) as Values<O>;
  }

  /** As `run`, without a promise, on a backend that computes on the calling thread (native, wasm, reference).
   *  @throws GradusError as `run`; `backend-unavailable` on a backend whose results come later. */
  runSync(batch: Fed<B>): Values<O> {
    const { backend } = this.state;
    if (!isSyncBackend(backend)) {
      const message = `runSync: results of the ${backend.name} backend come later. Use await step.run(batch).`;
      throw new GradusError("backend-unavailable", message, { backend: backend.name });
    }
    const { key, arrays } = fedArrays(batch as BatchTree);
    const { executable, outputs } = this.#cache.get(key) ?? this.#compiledNow(key, batch as BatchTree, backend);
    return inTree(outputs, executable.run(arrays) as readonly HostArray[]) as Values<O>;
  }

  /** Number of programs compiled so far: one per combination of batch shapes. */
  get compilations(): number {
    return this.#cache.size;
  }

  /** The kernels of every compiled program, as text. */
  describe(): string {
    return [...this.#cache].map(([key, { executable }]) => `-- ${key}\n${executable.describe()}`).join("\n\n");
  }

  /** Where the time goes, kernel by kernel, in the program compiled first. Runs them again: the state changes. */
  profile(): readonly KernelTime[] {
    const [first] = this.#cache.values();
    return first?.executable.profile?.() ?? [];
  }

  dispose(): void {
    for (const { executable } of this.#cache.values()) executable.dispose();
    this.#cache.clear();
  }

  /** Calls that come while a program is being compiled wait for the same one. */
  #compiled(key: string, batch: BatchTree): Promise<Specialisation> {
    const waiting = this.#compiling.get(key);
    if (waiting !== undefined) return waiting;
    const { graph, states, outputs } = this.#trace(batch);
    const compiling = this.state.backend
      .compile(graph, states)
      .then((executable) => this.#keep(key, { executable, outputs }))
      .finally(() => this.#compiling.delete(key));
    this.#compiling.set(key, compiling);
    return compiling;
  }

  #compiledNow(key: string, batch: BatchTree, backend: SyncBackend): Specialisation {
    const { graph, states, outputs } = this.#trace(batch);
    return this.#keep(key, { executable: backend.compileNow(graph, states), outputs });
  }

  #keep(key: string, made: Specialisation): Specialisation {
    this.#cache.set(key, made);
    return made;
  }

  #trace(batch: BatchTree): Traced {
    const inputs: Node<"input">[] = [];
    const placeholder = (name: string, shape: Shape, dtype: DType): Node<"input"> =>
      makeNode("input", [], { name, shape, dtype });
    requireNoLists(batch, "");
    const batchTensors = mapTree(batch, (leaf, path) => {
      const array = toHostArray(leaf, path);
      requireHostArray(`run: ${nameOf(path)}`, array);
      const { shape, dtype } = array;
      const node = placeholder(path === "" ? "batch" : path, shape, dtype);
      inputs.push(node);
      return new Tensor(node);
    });
    const stateInputs = new Map<string, { node: Node<"input">; array: DeviceArray }>();
    const stateTensors = this.state.map((array, path) => {
      const node = placeholder(path, array.shape, array.dtype);
      stateInputs.set(path, { node, array });
      return new Tensor(node);
    });
    const result = this.#fn(stateTensors as S, batchTensors as B);
    requireResult(result);
    const changed: { input: Node<"input">; next: Node; array: DeviceArray }[] = [];
    const used: typeof changed = [];
    const nextValues = new Map(treeLeaves((result.state ?? {}) as Tree<Tensor>).map(({ path, leaf }) => [path, leaf]));
    for (const path of nextValues.keys()) {
      if (!stateInputs.has(path))
        throw new GradusError("bad-argument", `compile: the step returned state ${path}, which it was not given.`, {
          path,
        });
    }
    for (const [path, { node, array }] of stateInputs) {
      const next = nextValues.get(path)?.node ?? node;
      if (!sameShape(next.shape, node.shape) || next.dtype !== node.dtype) {
        throw new GradusError(
          "shape-mismatch",
          `compile: state ${path} came in as ${node.dtype} ${formatShape(node.shape)} and would leave as ${next.dtype} ${formatShape(next.shape)}. A state keeps its shape and type.`,
          { path },
        );
      }
      used.push({ input: node, next, array });
    }
    const graph: Graph = {
      inputs,
      states: used,
      outputs: treeLeaves(result.outputs as Tree<Tensor>).map(({ leaf }) => leaf.node),
    };
    requireOwnInputs(graph);
    return {
      graph,
      states: used.map(({ array }) => array),
      outputs: mapTree(result.outputs as Tree<Tensor>, () => undefined),
    };
  }
}

/** What is fed, as the program takes it, and a name for its shapes and types. */
function fedArrays(batch: BatchTree): { readonly key: string; readonly arrays: readonly HostArray[] } {
  const leaves = treeLeaves(batch).map(({ path, leaf }) => ({ path, array: toHostArray(leaf, path) }));
  const key = leaves.map(({ path, array }) => `${path}:${array.dtype}[${array.shape.join(",")}]`).join(";");
  return { key, arrays: leaves.map(({ array }) => array) };
}

/** Arrays in the structure that they were listed from. */
function inTree(structure: Tree<undefined>, arrays: readonly HostArray[]): Tree<HostArray> {
  let next = 0;
  return mapTree(structure, () => arrays[next++] as HostArray);
}

/** A leaf of what a step is fed. Its elements are checked when the program runs. */
function toHostArray(leaf: HostArray | number, path: string): HostArray {
  if (typeof leaf === "number") return { shape: [], dtype: "float32", data: Float64Array.of(leaf) };
  if (!Array.isArray(leaf?.shape)) requireHostArray(`run: ${nameOf(path)}`, leaf);
  return leaf;
}

function nameOf(path: string): string {
  return path === "" ? "the batch" : path;
}

/** Refuses lists of plain numbers. As trees, they would reach the step as lists of scalars. */
function requireNoLists(tree: unknown, path: string): void {
  if (ArrayBuffer.isView((tree as HostArray | undefined)?.data)) return;
  if (typeof tree !== "object" || tree === null) return;
  if (Array.isArray(tree) && tree.some((leaf) => typeof leaf === "number")) {
    throw new GradusError(
      "bad-argument",
      `run: ${nameOf(path)} is a list of numbers. A step is fed host arrays, { shape, dtype, data }; await tensor([…]).array() makes one of nested lists.`,
      { path },
    );
  }
  for (const [name, part] of Object.entries(tree)) requireNoLists(part, path === "" ? name : `${path}.${name}`);
}

/** A leaf of a state's first values. */
function requireTensor(leaf: unknown, path: string): Tensor {
  if (leaf instanceof Tensor) return leaf;
  const where = path === "" ? "state" : `state ${path}`;
  requireHostArray(where, leaf);
  return new Tensor(literal(leaf));
}

function requireResult(result: StepResult<unknown, unknown> | undefined): void {
  const { outputs, state = {} } = (result ?? {}) as { readonly outputs?: unknown; readonly state?: unknown };
  for (const [name, tree] of Object.entries({ outputs, state })) {
    for (const { path, leaf } of treeLeaves(tree)) {
      // a state left undefined keeps its value
      if (leaf instanceof Tensor || (name === "state" && leaf === undefined)) continue;
      const place = path === "" ? name : `${name}.${path}`;
      throw new GradusError(
        "bad-argument",
        `compile: the step must return { outputs, state } of tensors; ${place} is ${describe(leaf)}.`,
        { path: place },
      );
    }
  }
}

/** A step may use its arguments, and tensors that depend on no input; not the arguments of an earlier trace. */
function requireOwnInputs({ inputs, states, outputs }: Graph): void {
  const own = new Set<Node>([...inputs, ...states.map(({ input }) => input)]);
  const foreign = topologicalOrder([...states.map(({ next }) => next), ...outputs]).find(
    (node) => isOp(node, "input") && !own.has(node),
  ) as Node<"input"> | undefined;
  if (foreign === undefined) return;
  throw new GradusError(
    "bad-argument",
    `compile: the step uses ${foreign.attributes.name} of another trace, kept in a variable outside. Use what this call of the step is given.`,
    { input: foreign.attributes.name },
  );
}

const COMPILE_FIELDS: Fields<{ readonly state: Tree<Tensor> | DeviceState<Tree<Tensor>>; readonly backend?: Backend }> =
  {
    state: required(recordField("a tree of tensors, or a DeviceState")),
    backend: recordField("an open backend: await openBackend()"),
  };

/** Compiles a step: traced once, differentiated, fused, planned, run as one program.
 *    const step = await compile((state, batch) => ({ outputs: { loss }, state: next }), { state })
 *    const { loss } = await step.run({ x, y })
 *  @param fn pure: from the state's and the batch's tensors to outputs and new state. Called once for each combination of batch shapes.
 *  @param options.state the tree of first values, or a DeviceState that other steps share.
 *  @param options.backend where a new state lives. Default: the default backend.
 *  @throws GradusError `bad-argument` for a step or options of another kind; as `DeviceState.create`. */
export async function compile<S extends Tree<Tensor>, B extends Tree<Tensor>, O extends Tree<Tensor>>(
  fn: (state: S, batch: B) => StepResult<S, O>,
  options: { readonly state: S | DeviceState<S>; readonly backend?: Backend | undefined },
): Promise<CompiledStep<S, B, O>> {
  requireArgument(typeof fn === "function", `compile: expected a step (state, batch) => …, got ${describe(fn)}.`);
  checkOptions<object>("compile", options ?? {}, COMPILE_FIELDS);
  const state =
    options.state instanceof DeviceState ? options.state : await DeviceState.create<S>(options.state, options.backend);
  return new CompiledStep<S, B, O>(fn, state);
}
