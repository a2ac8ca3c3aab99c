import type { VectorFunction } from "../../codegen/program.ts";
import type { Node } from "../../graph/node.ts";

/** A kernel as code: what differs between two kernels of one shape is only where the elements lie that they touch. */
export interface LoweredKernel {
  readonly code: VectorFunction;
  /** work items that threads share, and the least number worth a thread's while */
  readonly items: number;
  readonly grain: number;
  /** bytes of working memory that each thread needs; after the arrays' addresses come that of thread 0's and the distance from
   *  one thread's to the next's, which is the same for all kernels of a program */
  readonly scratchBytes: number;
}

/** A kernel's arrays in the order of its parameters, and the text that equal kernels share. */
export interface KernelSignature {
  readonly key: string;
  readonly arrays: readonly Node[];
  /** for each array, the element whose address is passed; left out: the first */
  readonly origins?: readonly number[];
}
