import type { Node, Op } from "./node.ts";

/** How the compiler treats each operation. A missing entry does not compile.
 *  - resident: its values lie in memory before the program starts
 *  - formula: computed wherever it is used, never stored
 *  - elementwise, reduce: part of loop kernels
 *  - movement: another way to read its input; written out only if it must be
 *  - array: a separate kernel that reads whole arrays
 *  - placement: parts that are copied into regions of the result
 *  - marker: removed by simplification
 *  - part: an array that the kernel of its input writes
 *  - window: written with other operations before simplification (expand.ts) */
export const KINDS = {
  input: "resident",
  literal: "resident",
  constant: "formula",
  iota: "formula",
  randomBits: "formula",
  neg: "elementwise",
  abs: "elementwise",
  sqrt: "elementwise",
  exp: "elementwise",
  log: "elementwise",
  sin: "elementwise",
  cos: "elementwise",
  tanh: "elementwise",
  sigmoid: "elementwise",
  erf: "elementwise",
  floor: "elementwise",
  not: "elementwise",
  cast: "elementwise",
  shiftRight: "elementwise",
  add: "elementwise",
  sub: "elementwise",
  mul: "elementwise",
  div: "elementwise",
  pow: "elementwise",
  max: "elementwise",
  min: "elementwise",
  equal: "elementwise",
  less: "elementwise",
  lessEqual: "elementwise",
  and: "elementwise",
  or: "elementwise",
  select: "elementwise",
  reduce: "reduce",
  reshape: "movement",
  broadcast: "movement",
  permute: "movement",
  slice: "movement",
  matmul: "array",
  gather: "array",
  scatterAdd: "array",
  attention: "array",
  attentionGrad: "array",
  pad: "placement",
  concat: "placement",
  interleave: "placement",
  stopGradient: "marker",
  conv: "array",
  convWeight: "array",
  convData: "array",
  windowSum: "window",
  windowSpread: "window",
  windowArgmax: "window",
  windowGather: "window",
  windowScatter: "window",
  scan: "array",
  scanEvery: "part",
  scanLast: "part",
  scanCarry: "part",
} as const satisfies Record<Op, string>;

type Kind = (typeof KINDS)[Op];

/** The operations of one kind. */
export type OpsOf<K extends Kind> = { [O in Op]: (typeof KINDS)[O] extends K ? O : never }[Op];

export function isElementwise(op: Op): boolean {
  return KINDS[op] === "elementwise";
}

export function isMovement(op: Op): boolean {
  return KINDS[op] === "movement";
}

export function isFormula(node: Node): boolean {
  return KINDS[node.op] === "formula";
}

export function isResident(node: Node): boolean {
  return KINDS[node.op] === "resident";
}

/** Is it an array that the kernel of its input writes? */
export function isPart(op: Op): boolean {
  return KINDS[op] === "part";
}

/** Does its kernel read whole arrays rather than single positions? */
export function needsArrays(op: Op): boolean {
  return KINDS[op] === "array";
}
