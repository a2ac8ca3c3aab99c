import type { FunctionBuilder } from "../../codegen/builder.ts";
import type { Index, Register, Target } from "../../codegen/program.ts";
import type { Epilogue, LoopKernel } from "../../compiler/kernel.ts";
import type { Node } from "../../graph/node.ts";
import { MapLowering, vectorsPerTurn } from "./loop-map.ts";
import { ReduceLowering, vectorsOfColumns } from "./loop-reduce.ts";
import { type LoopPlan, type LoopShape, planLoop, type Stream, shapeOfLoop } from "./streams.ts";

/** Columns of the part of a product that is finished before a map passes over it: enough to read other arrays in long runs, few enough to
 *  keep the part in the second-level cache. */
const MAP_COLUMNS = 256;

/** Columns of each group that are finished before the loop takes them together: no more than a thread's share should have. */
const GROUP_COLUMNS = 64;

/** The loop that runs on each finished part of a product: a rectangle of rows and columns. */
export interface EpiloguePlan {
  readonly loop: LoopPlan;
  readonly product: Node;
  /** A map passes along rows, part by part. With sums over the rows, a part is all rows of a few columns. */
  readonly kind: "map" | "columns";
  /** strips of columns that belong to one thread: together they are whole turns of the loop */
  readonly stripsPerUnit: number;
  /** strips of columns of one part, whole units */
  readonly stripsPerPart: number;
  /** elements from one row of the product to the next in the thread's own memory; undefined: the product lies in its array */
  readonly pitch: number | undefined;
  /** groups of columns that the loop takes together; a part then has the same number of columns of each, side by side, and is a unit */
  readonly groups: number;
}

/** Is this loop's domain, with its last axis separate, the rows and columns of a matrix? */
export function isMatrixLoop(kernel: LoopKernel, rows: number, columns: number): boolean {
  const { sizes } = shapeOfLoop(kernel, { isLastApart: true });
  return sizes.length === 2 && sizes[0] === rows && sizes[1] === columns;
}

/** How a loop passes over the strips of a product's columns. */
interface Strips {
  readonly kind: EpiloguePlan["kind"];
  readonly stripsPerUnit: number;
  readonly columns: number;
}

/** @param stripVectors vectors of columns that the product's register tile covers. */
export function stripsOf(kernel: LoopKernel, target: Target, stripVectors: number): Strips {
  const shape: LoopShape = shapeOfLoop(kernel, { isLastApart: true });
  const kind = shape.isReduced.includes(true) ? "columns" : "map";
  const vectors = kind === "map" ? vectorsPerTurn(shape, target) : vectorsOfColumns(shape, target);
  let stripsPerUnit = 1;
  while ((stripsPerUnit * stripVectors) % vectors !== 0) stripsPerUnit++;
  return { kind, stripsPerUnit, columns: shape.sizes[1] as number };
}

/** Columns of each group in a unit: whole strips and whole turns of the loop; undefined if the groups cannot be divided in this way. */
export function unitOfGroups(kernel: LoopKernel, target: Target, stripVectors: number): number | undefined {
  const { stripsPerUnit, columns } = stripsOf(kernel, target, stripVectors);
  let width = stripsPerUnit * stripVectors * target.lanes;
  if (columns % width !== 0) return undefined;
  while (2 * width <= GROUP_COLUMNS && columns % (2 * width) === 0) width *= 2;
  return width;
}

/** @param stripVectors vectors of columns that the product's register tile covers. */
export function planEpilogue(
  { loop: kernel, isProductStored, groups }: Epilogue,
  product: Node,
  contracted: ReadonlySet<Node>,
  target: Target,
  stripVectors: number,
): EpiloguePlan {
  const { kind, stripsPerUnit, columns } = stripsOf(kernel, target, stripVectors);
  const stripWidth = stripVectors * target.lanes;
  if (groups > 1) {
    const width = unitOfGroups(kernel, target, stripVectors) as number;
    // each row of the thread's own memory holds one group after the other
    const loop = planLoop(kernel, contracted, { isLastApart: true, local: { node: product, pitch: width } });
    const strips = (groups * width) / stripWidth;
    return { loop, product, kind, stripsPerUnit: strips, stripsPerPart: strips, pitch: groups * width, groups };
  }
  const wanted = kind === "map" ? Math.min(MAP_COLUMNS, columns) : 1;
  const stripsPerPart = Math.ceil(wanted / stripWidth / stripsPerUnit) * stripsPerUnit;
  const pitch = isProductStored ? undefined : stripsPerPart * stripWidth;
  const local = pitch === undefined ? undefined : { node: product, pitch };
  const loop = planLoop(kernel, contracted, { isLastApart: true, local });
  return { loop, product, kind, stripsPerUnit, stripsPerPart, pitch, groups };
}

/** A finished part of a product: rows [row0, row1) by columns [column0, column1). */
export interface Part {
  readonly row0: Index;
  readonly row1: Index;
  readonly column0: Index;
  readonly column1: Index;
  /** the address of its first element */
  readonly address: Index;
}

/** Writes the loop over a finished part.
 *  @param parameters the addresses of the loop's arrays. */
export function emitEpilogue(
  plan: EpiloguePlan,
  b: FunctionBuilder,
  parameters: ReadonlyMap<Node, Register>,
  part: Part,
): void {
  const Lowering = plan.kind === "map" ? MapEpilogue : ColumnsEpilogue;
  new Lowering(plan, b, parameters).part(part);
}

class MapEpilogue extends MapLowering {
  readonly #epilogue: EpiloguePlan;

  constructor(epilogue: EpiloguePlan, b: FunctionBuilder, parameters: ReadonlyMap<Node, Register>) {
    super(epilogue.loop, b, parameters);
    this.#epilogue = epilogue;
  }

  part({ row0, row1, column0, column1, address }: Part): void {
    const root = this.rootSite();
    const start = this.#startOf(this.itemPointers(row0, column0), address);
    const { pointers, advance } = this.moving(start, 0);
    const { groups, pitch } = this.#epilogue;
    // with groups, a part has whole turns: only their number matters
    const [first, last] = groups > 1 ? [0, (pitch as number) / groups] : [column0, column1];
    this.b.loop(row0, row1, 1, () => {
      this.partOfRow(root, pointers, first, last);
      advance(1);
    });
  }

  /** The addresses of a part's first elements; for the product in the thread's own memory, those of each group. */
  #startOf(pointers: ReadonlyMap<Stream, Index>, address: Index): Map<Stream, Index> {
    const start = startOf(this.#epilogue, pointers, address);
    for (const stream of start.keys())
      if (isLocal(this.#epilogue, stream)) start.set(stream, this.b.indexAdd(address, stream.offset * 4));
    return start;
  }

  /** No part is longer than the rows of the product in the thread's own memory. */
  protected override tailOf(start: ReadonlyMap<Stream, Index>, columns: Index): Map<Stream, Index> {
    const tail = super.tailOf(start, columns);
    const { pitch } = this.#epilogue;
    if (pitch === undefined) return tail;
    const turn = vectorsPerTurn(this.plan, this.target) * this.target.lanes;
    const within = super.tailOf(start, this.b.indexMin(columns, pitch - turn));
    return new Map(
      [...tail].map(([stream, pointer]) => [
        stream,
        isLocal(this.#epilogue, stream) ? (within.get(stream) as Index) : pointer,
      ]),
    );
  }
}

class ColumnsEpilogue extends ReduceLowering {
  readonly #epilogue: EpiloguePlan;

  constructor(epilogue: EpiloguePlan, b: FunctionBuilder, parameters: ReadonlyMap<Node, Register>) {
    super(epilogue.loop, b, parameters);
    this.#epilogue = epilogue;
  }

  part({ column0, column1, address }: Part): void {
    const root = this.rootSite();
    const start = startOf(this.#epilogue, this.itemPointers(0, column0), address);
    const { pointers, advance } = this.moving(start, this.last);
    const width = vectorsOfColumns(this.plan, this.target) * this.target.lanes;
    this.b.loop(column0, column1, width, (column) => {
      this.columnsFrom(root, pointers, column, (known) => this.#pointersAt(pointers, known));
      advance(width);
    });
  }

  /** Addresses at a known column; those of the product in the thread's own memory are where the walk has come to. */
  #pointersAt(walked: ReadonlyMap<Stream, Index>, column: number): ReadonlyMap<Stream, Index> {
    const known = this.itemPointers(0, column);
    for (const [stream, pointer] of walked) if (isLocal(this.#epilogue, stream)) known.set(stream, pointer);
    return known;
  }
}

/** The addresses of a part's first elements; for the product in the thread's own memory, its address there. */
function startOf(plan: EpiloguePlan, pointers: ReadonlyMap<Stream, Index>, address: Index): Map<Stream, Index> {
  return new Map([...pointers].map(([stream, pointer]) => [stream, isLocal(plan, stream) ? address : pointer]));
}

/** Does the stream read the product in the thread's own memory? */
function isLocal({ product, pitch }: EpiloguePlan, { array }: Stream): boolean {
  return array === product && pitch !== undefined;
}
