import { sameNumbers } from "../../compiler/access.ts";
import { arrayOf, type Level, type LoopKernel, type LoopNode, type Operand } from "../../compiler/kernel.ts";
import type { DType } from "../../core/dtype.ts";
import { stridesOf } from "../../core/shape.ts";
import type { Node } from "../../graph/node.ts";

/** A walk through memory (or through positions) as the loops advance: address = offset + sum of index * stride over the domain's axes.
 *  Offsets count from the array's origin, so that kernels that do the same to other parts of their arrays are equal. */
export interface Stream {
  readonly id: number;
  /** the array that is read or written; undefined if the position itself is the value */
  readonly array: Node | undefined;
  readonly dtype: DType;
  readonly offset: number;
  /** one per loop axis, in elements */
  readonly strides: readonly number[];
}

/** An operand, ready for emission. */
export type Source =
  | { readonly kind: "node"; readonly node: PlannedNode }
  | { readonly kind: "load"; readonly stream: Stream }
  | { readonly kind: "constant"; readonly value: number; readonly dtype: DType }
  | { readonly kind: "iota"; readonly stream: Stream }
  | {
      readonly kind: "random";
      readonly stream: Stream;
      readonly key: Node;
      readonly keyOffsets: readonly [number, number];
    };

export interface PlannedNode {
  readonly id: number;
  readonly node: Node;
  readonly level: Level;
  readonly pass: number;
  readonly sources: readonly Source[];
  readonly store: Stream | undefined;
  /** loop axes that the value depends on, as bits */
  readonly axes: number;
  /** number of sources of this kernel that refer to it */
  uses: number;
  /** a product that is computed only together with the sum that uses it, rounded once */
  readonly isContracted: boolean;
}

/** The properties of a loop kernel by which its plan is chosen. */
export interface LoopShape {
  /** of the axes, joined if all walks allow it */
  readonly sizes: readonly number[];
  readonly isReduced: readonly boolean[];
  readonly nodeCount: number;
  /** Random words are drawn four vectors at a time; turns of several vectors then waste none. */
  readonly drawsRandom: boolean;
}

/** A loop kernel ready to be written out. */
export interface LoopPlan extends LoopShape {
  readonly nodes: readonly PlannedNode[];
  readonly streams: readonly Stream[];
  readonly arrays: readonly Node[];
  /** for each array, the number of elements before the first that is read or written: the address of that element is passed */
  readonly origins: readonly number[];
  readonly key: string;
}

/** Strides over all axes of the domain, given strides over the axes of a level. */
function overDomain(kernel: LoopKernel, level: Level, strides: readonly number[]): readonly number[] {
  if (level === "full") return strides;
  let next = 0;
  return kernel.domain.map((_, axis) => (kernel.isReduced[axis] ? 0 : (strides[next++] as number)));
}

function storeStrides(kernel: LoopKernel, level: Level): readonly number[] {
  const kept = kernel.domain.filter((_, axis) => !kernel.isReduced[axis]);
  return overDomain(kernel, level, stridesOf(level === "full" ? kernel.domain : kept));
}

interface RawStream {
  readonly array: Node | undefined;
  readonly dtype: DType;
  readonly offset: number;
  readonly strides: readonly number[];
}

/** How to plan a loop that runs within another kernel. */
export interface LoopOptions {
  /** true: the last axis stays separate: it is the columns of a matrix, the other axes are its rows. Default false. */
  readonly isLastApart?: boolean;
  /** true: the first axis stays separate, so that the work on each of its positions is a run of items. Default false. */
  readonly isFirstApart?: boolean;
  /** an array that is read in a copy instead: the copy has `pitch` elements for each row of the loop; if a row of the array holds several
   *  of these rows, so does a row of the copy */
  readonly local?: { readonly node: Node; readonly pitch: number } | undefined;
}

/** Joins neighbouring axes of one role if every walk passes from one to the next without a jump. */
function joinAxes(
  kernel: LoopKernel,
  walks: readonly RawStream[],
  { isLastApart = false, isFirstApart = false }: LoopOptions,
): number[][] {
  const runs: number[][] = [];
  kernel.domain.forEach((size, axis) => {
    const run = runs.at(-1);
    const before = run?.at(-1);
    const joins =
      before !== undefined &&
      !(isLastApart && axis === kernel.domain.length - 1) &&
      !(isFirstApart && before === 0) &&
      kernel.isReduced[before] === kernel.isReduced[axis] &&
      walks.every(({ strides }) => strides[before] === (strides[axis] as number) * size);
    if (joins) run?.push(axis);
    else runs.push([axis]);
  });
  return runs;
}

interface Walks extends LoopShape {
  readonly ofOperand: ReadonlyMap<Operand, RawStream>;
  /** of stored values */
  readonly own: ReadonlyMap<LoopNode, RawStream>;
  readonly origins: ReadonlyMap<Node, number>;
  /** the strides along the joined axes */
  readonly joined: (strides: readonly number[]) => readonly number[];
}

const SCALAR = [0];

function walksOf(kernel: LoopKernel, options: LoopOptions): Walks {
  const { local } = options;
  const columns = kernel.domain.at(-1) as number;
  const localStrides = (strides: readonly number[], pitch: number) =>
    strides.map((stride, axis) => (axis === strides.length - 1 ? stride : (stride / columns) * pitch));
  const straight = new Map<Level, readonly number[]>();
  const straightAt = (level: Level): readonly number[] => {
    const strides = straight.get(level) ?? storeStrides(kernel, level);
    straight.set(level, strides);
    return strides;
  };
  const raw: RawStream[] = [];
  const own = new Map<LoopNode, RawStream>();
  const ofOperand = new Map<Operand, RawStream>();
  const origins = new Map<Node, number>();
  const noteOrigin = (array: Node, offset: number) => {
    origins.set(array, Math.min(offset, origins.get(array) ?? offset));
  };
  let drawsRandom = false;
  for (const item of kernel.nodes) {
    const readLevel: Level = item.node.op === "reduce" ? "full" : item.level;
    for (const operand of item.operands) {
      if (operand.from === "kernel" || operand.from === "constant") continue;
      let walk: RawStream;
      if (operand.from === "memory") {
        const { base, offset, strides } = operand.access;
        const all = overDomain(kernel, readLevel, strides);
        const lies = base === local?.node ? localStrides(all, local.pitch) : all;
        if (local && base === local.node) {
          walk = { array: base, dtype: base.dtype, offset: (offset / columns) * local.pitch, strides: lies };
        } else {
          walk = { array: base, dtype: base.dtype, offset, strides: lies };
          noteOrigin(base, offset);
        }
      } else {
        if (operand.from === "random") {
          drawsRandom = true;
          noteOrigin(operand.key.base, operand.key.offset);
        }
        const { offset, strides } = operand;
        walk = { array: undefined, dtype: "int32", offset, strides: overDomain(kernel, readLevel, strides) };
      }
      raw.push(walk);
      ofOperand.set(operand, walk);
    }
    if (item.isStored) {
      const array = arrayOf(item);
      const { offset, strides } = item.partOf ?? kernel.placement ?? { offset: 0, strides: straightAt(item.level) };
      const walk = { array, dtype: item.node.dtype, offset, strides };
      raw.push(walk);
      own.set(item, walk);
      noteOrigin(array, offset);
    }
  }
  const shape = { nodeCount: kernel.nodes.length, drawsRandom, ofOperand, own, origins };
  if (kernel.domain.length === 0) return { ...shape, sizes: [1], isReduced: [false], joined: () => SCALAR };
  const runs = joinAxes(kernel, raw, options);
  return {
    ...shape,
    sizes: runs.map((run) => run.reduce((product, axis) => product * (kernel.domain[axis] as number), 1)),
    isReduced: runs.map((run) => kernel.isReduced[run[0] as number] as boolean),
    joined: (strides) => runs.map((run) => strides[run.at(-1) as number] as number),
  };
}

/** The shape of a kernel's plan, without the plan. */
export function shapeOfLoop(kernel: LoopKernel, options: LoopOptions = {}): LoopShape {
  return walksOf(kernel, options);
}

/** Streams and arrays in the order of their first use, each once. */
class StreamTable {
  readonly streams: Stream[] = [];
  readonly arrays: Node[] = [];
  readonly #joined: Walks["joined"];
  readonly #origins: Walks["origins"];

  constructor({ joined, origins }: Walks) {
    this.#joined = joined;
    this.#origins = origins;
  }

  originOf(array: Node): number {
    return this.#origins.get(array) ?? 0;
  }

  indexOf(array: Node): number {
    const index = this.arrays.indexOf(array);
    return index >= 0 ? index : this.arrays.push(array) - 1;
  }

  streamOf({ array, dtype, offset: place, strides: raw }: RawStream): Stream {
    if (array) this.indexOf(array);
    const offset = array ? place - this.originOf(array) : place;
    const strides = this.#joined(raw);
    for (let id = 0; id < this.streams.length; id++) {
      const stream = this.streams[id] as Stream;
      const isSame = stream.array === array && stream.offset === offset && stream.dtype === dtype;
      if (isSame && sameNumbers(stream.strides, strides)) return stream;
    }
    const stream = { id: this.streams.length, array, dtype, offset, strides };
    this.streams.push(stream);
    return stream;
  }
}

/** Prepares a kernel for lowering: walks, passes, joined axes, and the key that equal kernels share.
 *  @param contracted products that are rounded together with their sums. */
export function planLoop(
  kernel: LoopKernel,
  contracted: ReadonlySet<Node> = new Set(),
  options: LoopOptions = {},
): LoopPlan {
  const walks = walksOf(kernel, options);
  const { sizes, isReduced, nodeCount, drawsRandom, ofOperand, own } = walks;
  const table = new StreamTable(walks);
  const planned = new Map<Node, PlannedNode>();
  const nodes: PlannedNode[] = [];
  const keptBits = isReduced.reduce((bits, reduced, axis) => (reduced ? bits : bits | (1 << axis)), 0);
  for (const item of kernel.nodes) {
    let axes = 0;
    const sources = item.operands.map((operand): Source => {
      if (operand.from === "kernel") {
        const source = planned.get(operand.node) as PlannedNode;
        source.uses++;
        axes |= source.axes;
        return { kind: "node", node: source };
      }
      if (operand.from === "constant") return { kind: "constant", value: operand.value, dtype: operand.dtype };
      const stream = table.streamOf(ofOperand.get(operand) as RawStream);
      for (let axis = 0; axis < stream.strides.length; axis++) if (stream.strides[axis] !== 0) axes |= 1 << axis;
      if (operand.from === "memory") return { kind: "load", stream };
      if (operand.from === "iota") return { kind: "iota", stream };
      const { base, offset, strides } = operand.key;
      table.indexOf(base);
      const first = offset - table.originOf(base);
      return { kind: "random", stream, key: base, keyOffsets: [first, first + (strides[0] as number)] };
    });
    const walk = own.get(item);
    const store = walk && table.streamOf(walk);
    if (item.node.op === "reduce") axes &= keptBits;
    const entry: PlannedNode = {
      id: nodes.length,
      node: item.node,
      level: item.level,
      pass: item.pass,
      sources,
      store,
      axes,
      uses: 0,
      isContracted: contracted.has(item.node),
    };
    planned.set(item.node, entry);
    nodes.push(entry);
  }
  const { streams, arrays } = table;
  let key: string | undefined;
  return {
    sizes,
    isReduced,
    nodeCount,
    drawsRandom,
    nodes,
    streams,
    arrays,
    origins: arrays.map((array) => table.originOf(array)),
    get key() {
      key ??= keyOf(this);
      return key;
    },
  };
}

function keyOf({ sizes, isReduced, nodes, streams, arrays }: LoopPlan): string {
  const nodeKeys = nodes.map((node) => nodeKey(node, arrays)).join(";");
  const streamKeys = streams.map(({ array, dtype, offset, strides }) => {
    const base = array ? arrays.indexOf(array) : "p";
    return `${base}${dtype}+${offset}[${strides.join(",")}]`;
  });
  return `loop ${sizes.join("x")} ${isReduced.map(Number).join("")} ${nodeKeys} ${streamKeys.join(" ")}`;
}

function nodeKey({ node, level, pass, sources, store, isContracted }: PlannedNode, arrays: readonly Node[]): string {
  const attributes =
    node.op === "reduce"
      ? (node as Node<"reduce">).attributes.kind
      : node.op === "shiftRight"
        ? (node as Node<"shiftRight">).attributes.bits
        : "";
  let key = `${node.op}${attributes}${isContracted ? "+" : ""}:${node.dtype}:${level[0]}${pass}(`;
  for (let index = 0; index < sources.length; index++) key += `${sourceKey(sources[index] as Source, arrays)},`;
  return `${key})${store ? `>${store.id}` : ""}`;
}

function sourceKey(source: Source, arrays: readonly Node[]): string {
  switch (source.kind) {
    case "node":
      return `n${source.node.id}`;
    case "constant":
      return `${source.dtype}${Object.is(source.value, -0) ? "-0" : source.value}`;
    case "load":
      return `l${source.stream.id}`;
    case "iota":
      return `i${source.stream.id}`;
    case "random":
      return `r${source.stream.id}k${arrays.indexOf(source.key)}+${source.keyOffsets.join("+")}`;
  }
}
