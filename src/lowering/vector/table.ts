import { FunctionBuilder } from "../../codegen/builder.ts";
import type { Index, Register, Target } from "../../codegen/program.ts";
import type { TableKernel } from "../../compiler/kernel.ts";
import { sizeOf } from "../../core/shape.ts";
import type { Node } from "../../graph/node.ts";
import type { KernelSignature, LoweredKernel } from "./lowered.ts";

export interface TablePlan extends KernelSignature {
  readonly kind: TableKernel["kind"];
  /** rows of the table, elements of one row, number of indices */
  readonly rows: number;
  readonly width: number;
  readonly count: number;
  readonly isFloat: boolean;
}

export function planTable({ kind, node, operands }: TableKernel): TablePlan {
  const [table, indices] =
    kind === "gather" ? [node.inputs[0] as Node, node.inputs[1] as Node] : [node, node.inputs[0] as Node];
  const plan = {
    kind,
    rows: table.shape[0] as number,
    width: sizeOf(table.shape.slice(1)),
    count: sizeOf(indices.shape),
    isFloat: node.dtype === "float32",
  };
  return { ...plan, arrays: [...operands.map(({ base }) => base), node], key: JSON.stringify(plan) };
}

/** Rows of a table selected by index (`gather`; threads share the indices), or rows added by index (`scatterAdd`; threads share the
 *  columns, so that sums are taken in the order of the indices for any number of threads). */
export function lowerTable(plan: TablePlan, target: Target, name: string): LoweredKernel {
  const b = new FunctionBuilder(name, target);
  const addresses = [b.parameter(), b.parameter(), b.parameter()] as const;
  const [begin, end] = b.range();
  const { lanes } = target;
  const kind = plan.isFloat ? "float" : "int";
  const rowBytes = plan.width * 4;
  const rowAddress = (base: Register, indices: Register, position: Index): Index => {
    const index = b.firstLane(b.loadSplat(b.indexAdd(indices, b.indexMul(position, 4)), 0, "int"));
    return b.indexAdd(base, b.indexMul(b.indexMin(b.indexMax(index, 0), plan.rows - 1), rowBytes));
  };
  const vectors = Math.ceil(plan.width / lanes);
  const lastLanes = plan.width - (vectors - 1) * lanes;

  if (plan.kind === "gather") {
    const [table, indices, result] = addresses;
    b.loop(begin, end, 1, (position) => {
      const from = b.indexVariable(rowAddress(table, indices, position));
      const to = b.indexVariable(b.indexAdd(result, b.indexMul(position, rowBytes)));
      b.loop(0, vectors - 1, 1, () => {
        b.store(b.load(from, 0, kind), to);
        b.indexAddInto(from, lanes * 4);
        b.indexAddInto(to, lanes * 4);
      });
      b.store(b.load(from, 0, kind), to, 0, lastLanes);
    });
    return {
      code: b.finish(),
      items: plan.count,
      grain: Math.max(1, Math.ceil(4096 / Math.max(1, plan.width))),
      scratchBytes: 0,
    };
  }

  const [indices, updates, result] = addresses;
  const column = (stored: number, offset: Index): void => {
    const first = b.indexAdd(result, offset);
    b.loop(0, plan.rows, 1, (row) =>
      b.store(
        kind === "float" ? b.constant(0) : b.intConstant(0),
        b.indexAdd(first, b.indexMul(row, rowBytes)),
        0,
        stored,
      ),
    );
    b.loop(0, plan.count, 1, (position) => {
      const to = b.indexAdd(rowAddress(result, indices, position), offset);
      const value = b.load(b.indexAdd(b.indexAdd(updates, offset), b.indexMul(position, rowBytes)), 0, kind);
      const old = b.load(to, 0, kind);
      b.store(kind === "float" ? b.add(old, value) : b.intAdd(old, value), to, 0, stored);
    });
  };
  b.loop(begin, end, 1, (vector) => {
    const offset = b.indexMul(vector, lanes * 4);
    if (lastLanes === lanes) column(lanes, offset);
    else if (vectors === 1) column(lastLanes, offset);
    else
      b.ifLess(
        vector,
        vectors - 1,
        () => column(lanes, offset),
        () => column(lastLanes, offset),
      );
  });
  return {
    code: b.finish(),
    items: vectors,
    grain: Math.max(1, Math.ceil(4096 / Math.max(1, plan.count * lanes))),
    scratchBytes: 0,
  };
}
