import { ELEMENT_BYTES } from "../core/dtype.ts";
import { sizeOf } from "../core/shape.ts";
import type { Node } from "../graph/node.ts";
import type { Access } from "./access.ts";
import { type Extent, locationOf } from "./extents.ts";
import { arrayOf, type MatmulKernel } from "./kernel.ts";
import type { Location } from "./location.ts";

/** A place in memory that a call reads or writes. */
export type Touch = Location & {
  /** Present if each thread touches rows of its own. */
  readonly rows?: RowTouch | undefined;
};

/** Of row r a thread touches the bytes from first + r stride on. */
export interface RowTouch {
  /** calls with equal keys give each thread the same rows */
  readonly share: string;
  /** bytes from one row to the next */
  readonly stride: number;
  /** in the place's space */
  readonly first: number;
  readonly bytes: number;
}

/** Elements of an array that belong to row r: from first + r stride to last + r stride. */
export interface RowExtent {
  readonly stride: number;
  readonly first: number;
  readonly last: number;
}

/** The arrays of which a product and its epilogue touch, for a row of the product, one row: what a thread that computes some rows reads and
 *  writes of them belongs to these rows alone. The right side is not one of them. */
export function rowExtents({ node, left, right, epilogue }: MatmulKernel): ReadonlyMap<Node, RowExtent> {
  const extents = new Map<Node, RowExtent | undefined>();
  const add = (
    array: Node,
    { offset, strides }: Pick<Access, "offset" | "strides">,
    sizes: readonly number[],
  ): void => {
    const [stride, ...within] = strides as readonly [number, ...number[]];
    const reach = within.reduce((sum, step, axis) => sum + step * ((sizes[axis + 1] as number) - 1), 0);
    const last = offset + reach;
    const known = extents.get(array);
    const isRow =
      stride > reach && within.every((step) => step >= 0) && (!extents.has(array) || known?.stride === stride);
    extents.set(
      array,
      isRow
        ? { stride, first: Math.min(offset, known?.first ?? offset), last: Math.max(last, known?.last ?? last) }
        : undefined,
    );
  };
  const [rows, columns] = node.shape.slice(-2) as [number, number];
  const inner = (node.inputs[0] as Node).shape.at(-1) as number;
  if (epilogue?.isTransposed || sizeOf(node.shape.slice(0, -2)) !== 1) return new Map();
  add(left.base, { offset: left.offset, strides: left.strides.slice(-2) }, [rows, inner]);
  if (epilogue?.isProductStored ?? true) add(node, { offset: 0, strides: [columns, 1] }, [rows, columns]);
  const loop = epilogue?.loop;
  if (loop) {
    const { domain } = loop;
    const isMatrix = domain.length === 2 && domain[0] === rows && !loop.isReduced.includes(true);
    const straight = { offset: 0, strides: [domain[1] as number, 1] };
    for (const item of loop.nodes) {
      for (const operand of item.operands) {
        if (operand.from === "random") extents.set(operand.key.base, undefined);
        if (operand.from !== "memory" || operand.access.base === node) continue;
        if (isMatrix) add(operand.access.base, operand.access, domain);
        else extents.set(operand.access.base, undefined);
      }
      if (!item.isStored) continue;
      if (isMatrix) add(arrayOf(item), item.partOf ?? straight, domain);
      else extents.set(arrayOf(item), undefined);
    }
  }
  extents.set(right.base, undefined);
  return new Map([...extents].flatMap(([array, extent]) => (extent ? [[array, extent] as const] : [])));
}

/** An extent with its place, and the rows of it that belong to each thread.
 *  @param whole where the extent's array lies.
 *  @param share names the way in which threads share rows. */
export function touchOf(
  extent: Extent,
  whole: Location,
  rows: RowExtent | undefined,
  share: string | undefined,
): Touch {
  const place = locationOf(extent, whole);
  if (rows === undefined || share === undefined) return place;
  return {
    ...place,
    rows: {
      share,
      stride: rows.stride * ELEMENT_BYTES,
      first: whole.offset + rows.first * ELEMENT_BYTES,
      bytes: (rows.last + 1 - rows.first) * ELEMENT_BYTES,
    },
  };
}

/** Does every thread touch only what no other one touches in the other place? Both places' rows then fit one grid. */
export function areApart(a: RowTouch | undefined, b: RowTouch | undefined): boolean {
  if (a === undefined || b === undefined || a.share !== b.share || a.stride !== b.stride) return false;
  return Math.max(a.first + a.bytes, b.first + b.bytes) - Math.min(a.first, b.first) <= a.stride;
}
