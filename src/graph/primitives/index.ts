import type { HostArray } from "../../core/dtype.ts";
import type { Node, Op } from "../node.ts";
import * as attention from "./attention.ts";
import * as conv from "./conv.ts";
import * as elementwise from "./elementwise.ts";
import * as leaf from "./leaf.ts";
import { matmul } from "./matmul.ts";
import * as movement from "./movement.ts";
import * as pool from "./pool.ts";
import type { Primitive } from "./primitive.ts";
import { reduce } from "./reduce.ts";
import { loops } from "./scan.ts";
import * as table from "./table.ts";

/** Every primitive's shape rule and definition. An operation without an entry does not compile. */
export const PRIMITIVES: { readonly [O in Op]: Primitive<O> } = {
  ...leaf,
  ...elementwise,
  reduce,
  ...movement,
  matmul,
  ...table,
  ...attention,
  ...conv,
  ...pool,
  ...loops(evaluateNode),
};

/** Evaluates one node from its inputs' values, by definition. */
export function evaluateNode<O extends Op>(node: Node<O>, inputs: readonly HostArray[]): HostArray {
  const primitive = PRIMITIVES[node.op] as Primitive<O>;
  return primitive.evaluate(inputs, node.attributes, node);
}
