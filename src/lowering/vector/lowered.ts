import type { VectorFunction } from "../../codegen/program.ts";
import type { Node } from "../../graph/node.ts";

/** A kernel as code. Kernels of one shape differ only in the addresses of their elements. */
export interface LoweredKernel {
  readonly code: VectorFunction;
  /** work items that threads share, and the smallest number that is worth a thread */
  readonly items: number;
  readonly grain: number;
  /** bytes of working memory that each thread needs. After the arrays' addresses, the parameters are the address of thread 0's memory and
   *  the distance from one thread's to the next, which is the same for all kernels of a program */
  readonly scratchBytes: number;
  /** Present if each item computes rows of its own: kernels with the same text and the same number of items give equal items equal rows */
  readonly rowShare?: string | undefined;
}

/** A kernel's arrays in the order of its parameters, and the key that equal kernels share. */
export interface KernelSignature {
  readonly key: string;
  readonly arrays: readonly Node[];
  /** for each array, the element whose address is passed. Default: the first */
  readonly origins?: readonly number[];
}
