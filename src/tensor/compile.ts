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
import type { Backend, DeviceArray, Executable, KernelTime } from "../runtime/backend.ts";
import { evaluate, requireClosed } from "./evaluate.ts";
import { Tensor } from "./tensor.ts";

/** Named arrays that stay on a backend: parameters, optimiser moments, running statistics, random keys.
 *  Compiled steps read them and update them in place; several steps may share one state. */
export class DeviceState<S extends Tree<Tensor> = Tree<Tensor>> {
  readonly backend: Backend;
  readonly #arrays: Tree<DeviceArray>;

  /** @param initial the tree of first values: tensors, or host arrays as `read` gives them.
   *  @throws GradusError `bad-argument` for a leaf that is neither. */
  constructor(initial: S | Values<S>, backend: Backend = openBackend()) {
    this.backend = backend;
    const tensors = mapTree(initial as Tree<unknown>, requireTensor);
    // values that are still graphs are computed on this backend, so that they have its precision, all of them in one program
    const computed: { readonly input: Node<"input">; readonly next: Node; readonly array: DeviceArray }[] = [];
    this.#arrays = mapTree(tensors, ({ node, shape, dtype }, path) => {
      const array = backend.allocate(shape, dtype);
      if (isOp(node, "literal")) array.write(evaluate(node).array);
      else computed.push({ input: makeNode("input", [], { name: path, shape, dtype }), next: node, array });
      return array;
    });
    if (computed.length === 0) return;
    requireClosed(computed.map(({ next }) => next));
    const executable = backend.compile(
      { inputs: [], states: computed, outputs: [] },
      computed.map(({ array }) => array),
    );
    executable.run([]);
    executable.dispose();
  }

  /** The device arrays, in the tree's order. */
  get leaves(): readonly { readonly path: string; readonly leaf: DeviceArray }[] {
    return treeLeaves(this.#arrays);
  }

  get tree(): Tree<DeviceArray> {
    return this.#arrays;
  }

  /** Copies of all values, in the tree's structure. */
  read(): Values<S> {
    return mapTree(this.#arrays, (array) => array.read()) as Values<S>;
  }

  /** Overwrites all values from a tree of the same structure. */
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

/** What a traced step returns: outputs to read, and the new state where it changes. */
export interface StepResult<S, O> {
  readonly outputs: O;
  /** Same structure as the state that came in, or a part of it (missing names stay as they are). */
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

interface Specialisation {
  readonly executable: Executable;
  readonly outputs: Tree<undefined>;
}

/** A step, traced and compiled once for each combination of batch shapes. */
export class CompiledStep<S extends Tree<Tensor>, B extends Tree<Tensor>, O extends Tree<Tensor>> {
  readonly state: DeviceState<S>;
  readonly #fn: (state: S, batch: B) => StepResult<S, O>;
  readonly #cache = new Map<string, Specialisation>();

  constructor(fn: (state: S, batch: B) => StepResult<S, O>, state: DeviceState<S>) {
    this.#fn = fn;
    this.state = state;
  }

  /** Runs one step. The state changes in place; the outputs are host arrays, in the structure that the step returned.
   *  @throws GradusError as `requireHostArray` for what is fed; what the step throws when it is traced. */
  async run(batch: Fed<B>): Promise<Values<O>> {
    return this.runSync(batch);
  }

  /** As `run`, without a promise. */
  runSync(batch: Fed<B>): Values<O> {
    const leaves = treeLeaves(batch as BatchTree).map(({ path, leaf }) => ({ path, array: toHostArray(leaf, path) }));
    const key = leaves.map(({ path, array }) => `${path}:${array.dtype}[${array.shape.join(",")}]`).join(";");
    let found = this.#cache.get(key);
    if (!found) {
      found = this.#trace(batch as BatchTree);
      this.#cache.set(key, found);
    }
    const values = found.executable.run(leaves.map(({ array }) => array));
    let next = 0;
    return mapTree(found.outputs, () => values[next++] as HostArray) as Values<O>;
  }

  /** How many programs were compiled so far: one a batch shape. */
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

  #trace(batch: BatchTree): Specialisation {
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
    const stateTensors = mapTree(this.state.tree, (array, path) => {
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
    const executable = this.state.backend.compile(
      graph,
      used.map(({ array }) => array),
    );
    return { executable, outputs: mapTree(result.outputs as Tree<Tensor>, () => undefined) };
  }
}

/** A leaf of what a step is fed. Its elements are looked at when the program runs. */
function toHostArray(leaf: HostArray | number, path: string): HostArray {
  if (typeof leaf === "number") return { shape: [], dtype: "float32", data: Float64Array.of(leaf) };
  if (!Array.isArray(leaf?.shape)) requireHostArray(`run: ${nameOf(path)}`, leaf);
  return leaf;
}

function nameOf(path: string): string {
  return path === "" ? "the batch" : path;
}

/** Lists of plain numbers are no host arrays. Taken as trees, they would reach the step as lists of scalars. */
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
      // a state left undefined stays as it is
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

/** A step may use what it is given, and tensors that hang on nothing; not what an earlier trace was given. */
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
    backend: recordField("a backend that is open: openBackend()"),
  };

/** Compiles a step: traced once, differentiated, fused, planned, run as one program.
 *    const step = compile((state, batch) => ({ outputs: { loss }, state: next }), { state })
 *    const { loss } = await step.run({ x, y })
 *  @param fn pure: from the state's and the batch's tensors to outputs and new state. Called once for each combination of batch shapes.
 *  @param options.state the tree of first values, or a DeviceState that other steps share.
 *  @param options.backend where a new state lives. Default: the default backend. */
export function compile<S extends Tree<Tensor>, B extends Tree<Tensor>, O extends Tree<Tensor>>(
  fn: (state: S, batch: B) => StepResult<S, O>,
  options: { readonly state: S | DeviceState<S>; readonly backend?: Backend | undefined },
): CompiledStep<S, B, O> {
  requireArgument(typeof fn === "function", `compile: expected a step (state, batch) => …, got ${describe(fn)}.`);
  checkOptions<object>("compile", options ?? {}, COMPILE_FIELDS);
  const state =
    options.state instanceof DeviceState
      ? options.state
      : new DeviceState<S>(options.state, options.backend ?? openBackend());
  return new CompiledStep<S, B, O>(fn, state);
}
