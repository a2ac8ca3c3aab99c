import type { DType, HostData } from "../core/dtype.ts";
import type { Shape } from "../core/shape.ts";

/** What each primitive carries besides its inputs. The keys of this interface are the complete list of primitives. */
export interface Attributes {
  // leaves
  /** bound when a program runs */
  input: { readonly name: string; readonly shape: Shape; readonly dtype: DType };
  /** one number, shape () */
  constant: { readonly value: number; readonly dtype: DType };
  /** an array known while tracing; programs upload it once */
  literal: { readonly data: HostData; readonly shape: Shape; readonly dtype: DType };
  /** int32, the position along one axis */
  iota: { readonly shape: Shape; readonly axis: number };
  /** uint32 words of Philox4x32-10; input: key, uint32 (2,) */
  randomBits: { readonly shape: Shape };
  // element-wise, one input
  neg: None;
  abs: None;
  sqrt: None;
  exp: None;
  log: None;
  sin: None;
  cos: None;
  tanh: None;
  /** 1 / (1 + exp(-x)) */
  sigmoid: None;
  erf: None;
  floor: None;
  not: None;
  cast: { readonly to: DType };
  shiftRight: { readonly bits: number };
  /** the value; no gradient passes */
  stopGradient: None;
  // element-wise, two inputs of one shape and type
  add: None;
  sub: None;
  mul: None;
  div: None;
  pow: None;
  max: None;
  min: None;
  equal: None;
  less: None;
  lessEqual: None;
  and: None;
  or: None;
  /** condition ? a : b */
  select: None;
  // reductions; the reduced axes disappear
  reduce: { readonly kind: ReduceKind; readonly axes: readonly number[] };
  // movement
  reshape: { readonly shape: Shape };
  /** output axis k is input axis order[k] */
  permute: { readonly order: readonly number[] };
  /** sizes of 1 grow; ranks are equal */
  broadcast: { readonly shape: Shape };
  /** `interior` elements between neighbours, then `before` and `after`, all holding `value` */
  pad: {
    readonly before: readonly number[];
    readonly after: readonly number[];
    readonly interior: readonly number[];
    readonly value: number;
  };
  slice: { readonly start: readonly number[]; readonly size: readonly number[]; readonly step: readonly number[] };
  concat: { readonly axis: number };
  /** parts of one shape in turn: along each axis, position p of the output is position floor(p / count) of one part; the parts are in
   *  row-major order of p mod count */
  interleave: { readonly counts: readonly number[] };
  // products and tables
  /** (..., M, K) x (..., K, N) -> (..., M, N); leading sizes equal */
  matmul: None;
  /** table (V, ...rest), indices int32 -> (...indices, ...rest); an index outside [0, V) reads row 0 or V - 1, the nearer */
  gather: None;
  /** indices int32 (...i), updates (...i, ...rest) -> (rows, ...rest); updates of equal indices are summed */
  scatterAdd: { readonly rows: number };
  // self-attention
  /** qkv (N, T, 3 F), each step's query, key and value, of `heads` heads side by side -> (N, T, F). A step's output is the mean of the
   *  values of the steps that it sees, weighted by the softmax of q k^T / sqrt(F / heads); it is 0 if the step sees none. The second input,
   *  if there is one, is visible (N, T): a step whose number is 0 is seen by none */
  attention: AttentionAttributes;
  /** the adjoint of attention's derivative in qkv: qkv (N, T, 3 F), g (N, T, F), and visible if it has one -> (N, T, 3 F) */
  attentionGrad: AttentionAttributes;
  // windows over the spatial axes of channels-last arrays (N, ...S, C); see windows.ts for the geometry
  /** x (N, ...S, C), w (...K, C / groups, O) -> (N, ...P, O), cross-correlation; output channels are ordered by group */
  conv: ConvAttributes;
  /** the adjoint of conv in x: g (N, ...P, O), w (...K, C / groups, O) -> (N, ...size, C) */
  convData: ConvAttributes & { readonly size: readonly number[] };
  /** the adjoint of conv in w: x (N, ...S, C), g (N, ...P, O) -> (...K, C / groups, O); with `parts`, one sum per run of the batch,
   *  (parts, ...K, C / groups, O): part k takes ceil(N / parts) samples, starting at sample k ceil(N / parts) */
  convWeight: ConvAttributes & { readonly parts?: number };
  /** x (N, ...S, C) -> (N, ...P, C), the sum of each window; padding counts as 0 */
  windowSum: WindowAttributes;
  /** the adjoint of windowSum: g (N, ...P, C) -> (N, ...size, C) */
  windowSpread: WindowAttributes & { readonly size: readonly number[] };
  /** x (N, ...S, C) -> int32 (N, ...P, C), the row-major position of the largest element within its window: the first of equal elements,
   *  the first NaN before all others; padding is never chosen, a window of only padding gives 0 */
  windowArgmax: WindowAttributes;
  /** x (N, ...S, C), index int32 (N, ...P, C) of positions within windows -> (N, ...P, C); 0 for a position in the padding */
  windowGather: WindowAttributes;
  /** the adjoint of windowGather in x: index int32 (N, ...P, C), g (N, ...P, C) -> (N, ...size, C) */
  windowScatter: WindowAttributes & { readonly size: readonly number[] };
  // loops
  /** equal steps, one after the other; inputs in the order shared, sequences, first values of what is carried. It is no array itself:
   *  the next three read what it computes */
  scan: ScanAttributes;
  /** the value of a node of the body at every position: (T, ...shape) */
  scanEvery: { readonly of: Node };
  /** a carried array after the last step */
  scanLast: { readonly carry: number };
  /** the memory of a carried array, (slots, ...shape): the value before the first step is in the first slot, and every step writes the next
   *  slot, from the first one on again after the last; a reversed loop with T + 1 slots begins with the last slot and goes down. Of a
   *  slot that is written several times the last value remains. For compilers */
  scanCarry: { readonly carry: number; readonly slots: number };
}

/** A loop of equal steps. At position t it sees the slice t of every sequence. */
export interface ScanAttributes {
  readonly body: ScanBody;
  /** T, the number of steps, at least 1 */
  readonly length: number;
  /** from the last position to the first */
  readonly isReversed: boolean;
}

/** One step as a graph that refers to nothing outside: its leaves are constants and these inputs. */
export interface ScanBody {
  /** the same in every step */
  readonly shared: readonly Node<"input">[];
  /** slices of the sequences, without the axis of the steps */
  readonly sequences: readonly Node<"input">[];
  /** the value before a step, and after it */
  readonly carried: readonly { readonly input: Node<"input">; readonly next: Node }[];
}

/** Where windows lie: one number per spatial axis. Output position p covers the input positions
 *  p stride - before + k dilation, 0 <= k < window. */
export interface WindowAttributes {
  /** K: sizes of a window */
  readonly window: readonly number[];
  readonly stride: readonly number[];
  readonly dilation: readonly number[];
  /** padding before the first position and after the last one */
  readonly before: readonly number[];
  readonly after: readonly number[];
}

export interface AttentionAttributes {
  /** number of heads, which divides F */
  readonly heads: number;
  /** does a step see only itself and earlier steps? */
  readonly causal: boolean;
}

export interface ConvAttributes extends WindowAttributes {
  /** number of independent parts into which the channels are divided */
  readonly groups: number;
}

export type None = Readonly<Record<string, never>>;
export type Op = keyof Attributes;
export type ReduceKind = "sum" | "max" | "min" | "prod";

/** One operation in a graph: immutable; its shape and type are known when it is made. `id` grows with creation, so inputs come before users. */
export interface Node<O extends Op = Op> {
  readonly id: number;
  readonly op: O;
  readonly inputs: readonly Node[];
  readonly attributes: Attributes[O];
  readonly shape: Shape;
  readonly dtype: DType;
}

/** Narrows a node to one operation, with its attributes. */
export function isOp<O extends Op>(node: Node, op: O): node is Node<O> {
  return node.op === op;
}

/** A traced function. States stay on the device between runs: `input` is the value before a run, `next` the value after it. */
export interface Graph {
  readonly inputs: readonly Node<"input">[];
  readonly states: readonly { readonly input: Node<"input">; readonly next: Node }[];
  readonly outputs: readonly Node[];
}
