import type { Op } from "../node.ts";
import * as conv from "./conv.ts";
import * as elementwise from "./elementwise.ts";
import * as leaf from "./leaf.ts";
import { matmul } from "./matmul.ts";
import * as movement from "./movement.ts";
import * as pool from "./pool.ts";
import type { Primitive } from "./primitive.ts";
import { reduce } from "./reduce.ts";
import * as table from "./table.ts";

/** Every primitive's shape rule and definition. An operation without an entry does not compile. */
export const PRIMITIVES: { readonly [O in Op]: Primitive<O> } = {
  ...leaf,
  ...elementwise,
  reduce,
  ...movement,
  matmul,
  ...table,
  ...conv,
  ...pool,
};
