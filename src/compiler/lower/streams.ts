import type { DType } from "../../core/dtype.ts";
import { stridesOf } from "../../core/shape.ts";
import type { Node } from "../../graph/node.ts";
import type { Level, LoopKernel, LoopNode, Operand } from "../kernel.ts";

/** A walk through memory (or through positions) as the loops advance: address = offset + sum of index * stride over the domain's axes. */
export interface Stream {
  readonly id: number;
  /** the array that is read or written; undefined where the position itself is the value */
  readonly array: Node | undefined;
  readonly dtype: DType;
  readonly offset: number;
  /** one a loop axis, in elements */
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
  /** how many sources of this kernel refer to it */
  uses: number;
  /** a product that is computed only together with the sum that uses it, rounded once */
  readonly isContracted: boolean;
}

/** A loop kernel with its axes joined where all walks allow it, ready to be written out. */
export interface LoopPlan {
  readonly sizes: readonly number[];
  readonly isReduced: readonly boolean[];
  readonly nodes: readonly PlannedNode[];
  readonly streams: readonly Stream[];
  readonly arrays: readonly Node[];
  readonly key: string;
}

/** Random words come four vectors at a time; more vectors a turn then waste none. */
export function hasRandom(plan: LoopPlan): boolean {
  return plan.nodes.some(({ sources }) => sources.some(({ kind }) => kind === "random"));
}

/** Strides over all axes of the domain, from strides over the axes of a level. */
function overDomain(kernel: LoopKernel, level: Level, strides: readonly number[]): number[] {
  if (level === "full") return [...strides];
  let next = 0;
  return kernel.domain.map((_, axis) => (kernel.isReduced[axis] ? 0 : (strides[next++] as number)));
}

function storeStrides(kernel: LoopKernel, level: Level): number[] {
  const kept = kernel.domain.filter((_, axis) => !kernel.isReduced[axis]);
  return overDomain(kernel, level, stridesOf(level === "full" ? kernel.domain : kept));
}

interface RawStream {
  readonly array: Node | undefined;
  readonly dtype: DType;
  readonly offset: number;
  readonly strides: readonly number[];
}

/** How a loop is planned that runs within another kernel. */
export interface LoopOptions {
  /** true: the last axis stays by itself, so that the others are the rows and it the columns of a matrix. Default false. */
  readonly isLastApart?: boolean;
  /** an array that is not read where the plan would have it, but in a copy of its own whose rows lie `pitch` elements apart */
  readonly local?: { readonly node: Node; readonly pitch: number } | undefined;
}

/** Joins neighbouring axes of one role wherever every walk passes from one to the next without a jump. */
function joinAxes(kernel: LoopKernel, walks: readonly RawStream[], isLastApart: boolean): number[][] {
  const runs: number[][] = [];
  kernel.domain.forEach((size, axis) => {
    const run = runs.at(-1);
    const before = run?.at(-1);
    const joins =
      before !== undefined &&
      !(isLastApart && axis === kernel.domain.length - 1) &&
      kernel.isReduced[before] === kernel.isReduced[axis] &&
      walks.every(({ strides }) => strides[before] === (strides[axis] as number) * size);
    if (joins) run?.push(axis);
    else runs.push([axis]);
  });
  return runs;
}

/** Prepares a kernel for lowering: walks, passes, joined axes, and the key that equal kernels share.
 *  @param contracted products that are rounded together with their sums. */
export function planLoop(
  kernel: LoopKernel,
  contracted: ReadonlySet<Node> = new Set(),
  { isLastApart = false, local }: LoopOptions = {},
): LoopPlan {
  const columns = kernel.domain.at(-1) as number;
  const localStrides = (strides: readonly number[], pitch: number) =>
    strides.map((stride, axis) => (axis === strides.length - 1 ? stride : (stride / columns) * pitch));
  const raw: RawStream[] = [];
  const own = new Map<LoopNode, RawStream>();
  const walkOf = new Map<Operand, RawStream>();
  for (const item of kernel.nodes) {
    const readLevel: Level = item.node.op === "reduce" ? "full" : item.level;
    for (const operand of item.operands) {
      let walk: RawStream | undefined;
      if (operand.from === "memory") {
        const { base, offset, strides } = operand.access;
        const all = overDomain(kernel, readLevel, strides);
        const lies = base === local?.node ? localStrides(all, local.pitch) : all;
        walk = { array: base, dtype: base.dtype, offset, strides: lies };
      } else if (operand.from === "iota" || operand.from === "random") {
        walk = {
          array: undefined,
          dtype: "int32",
          offset: operand.offset,
          strides: overDomain(kernel, readLevel, operand.strides),
        };
      }
      if (walk) {
        raw.push(walk);
        walkOf.set(operand, walk);
      }
    }
    if (item.isStored) {
      const { offset, strides } = kernel.placement ?? { offset: 0, strides: storeStrides(kernel, item.level) };
      const walk = { array: item.node, dtype: item.node.dtype, offset, strides };
      raw.push(walk);
      own.set(item, walk);
    }
  }
  const scalar = kernel.domain.length === 0;
  const runs = scalar ? [] : joinAxes(kernel, raw, isLastApart);
  const sizes = scalar
    ? [1]
    : runs.map((run) => run.reduce((product, axis) => product * (kernel.domain[axis] as number), 1));
  const isReduced = scalar ? [false] : runs.map((run) => kernel.isReduced[run[0] as number] as boolean);
  const joined = (strides: readonly number[]) =>
    scalar ? [0] : runs.map((run) => strides[run.at(-1) as number] as number);

  const streams: Stream[] = [];
  const arrays: Node[] = [];
  const streamKeys = new Map<string, Stream>();
  const arrayIndex = (node: Node): number => {
    const index = arrays.indexOf(node);
    return index >= 0 ? index : arrays.push(node) - 1;
  };
  const streamOf = (walk: RawStream): Stream => {
    const strides = joined(walk.strides);
    const key = `${walk.array ? `a${arrayIndex(walk.array)}` : "p"}+${walk.offset}[${strides.join(",")}]${walk.dtype}`;
    let stream = streamKeys.get(key);
    if (!stream) {
      stream = { id: streams.length, array: walk.array, dtype: walk.dtype, offset: walk.offset, strides };
      streams.push(stream);
      streamKeys.set(key, stream);
    }
    return stream;
  };

  const planned = new Map<Node, PlannedNode>();
  const nodes: PlannedNode[] = [];
  const keyParts: string[] = [];
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
      const stream = streamOf(walkOf.get(operand) as RawStream);
      stream.strides.forEach((stride, axis) => {
        if (stride !== 0) axes |= 1 << axis;
      });
      if (operand.from === "memory") return { kind: "load", stream };
      if (operand.from === "iota") return { kind: "iota", stream };
      const { base, offset, strides } = operand.key;
      arrayIndex(base);
      return { kind: "random", stream, key: base, keyOffsets: [offset, offset + (strides[0] as number)] };
    });
    const store = own.has(item) ? streamOf(own.get(item) as RawStream) : undefined;
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
    keyParts.push(nodeKey(entry, arrays));
  }
  const key = `loop ${sizes.join("x")} ${isReduced.map(Number).join("")} ${keyParts.join(";")}`;
  return { sizes, isReduced, nodes, streams, arrays, key };
}

function nodeKey({ node, level, pass, sources, store, isContracted }: PlannedNode, arrays: readonly Node[]): string {
  const attributes =
    node.op === "reduce"
      ? (node as Node<"reduce">).attributes.kind
      : node.op === "shiftRight"
        ? (node as Node<"shiftRight">).attributes.bits
        : "";
  const parts = sources.map((source) => sourceKey(source, arrays));
  const walks = [...sources.flatMap((source) => ("stream" in source ? [source.stream] : [])), ...(store ? [store] : [])]
    .map(
      ({ id, array, offset, strides, dtype }) =>
        `${id}=${array ? arrays.indexOf(array) : "p"}${dtype}+${offset}[${strides.join(",")}]`,
    )
    .join(" ");
  return `${node.op}${attributes}${isContracted ? "+" : ""}:${node.dtype}:${level[0]}${pass}(${parts.join(",")})${store ? `>${store.id}` : ""}{${walks}}`;
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
