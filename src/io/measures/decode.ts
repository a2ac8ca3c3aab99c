import { type BlocksFound, findBlocks } from "./block.ts";
import { type ColumnsBlock, type HistogramBlock, KINDS, type MeasureBlock, type VoidBlock } from "./content.ts";
import { float64sAt } from "./numbers.ts";

const decoder = new TextDecoder();

/** Numbers of columns of the sets that are known. */
export type WidthOf = (set: number) => number | undefined;

/** Where reading ended, and what was passed over. */
export interface MeasuresRead extends BlocksFound {
  /** Whole blocks of another kind, or with a content that contradicts itself. A later version may have written them. */
  readonly unknown: number;
  /** Rows of a set whose names were not there. */
  readonly nameless: number;
}

/** Reads the whole blocks of `bytes`, which begin with a block, in order.
 *  @param widthOf columns of a set that earlier bytes defined.
 *  @param take receives each block before the next is read. */
export function readMeasures(bytes: Uint8Array, widthOf: WidthOf, take: (block: MeasureBlock) => void): MeasuresRead {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let unknown = 0;
  let nameless = 0;
  const decode: Readonly<Record<number, (start: number, end: number) => MeasureBlock | undefined>> = {
    [KINDS.columns]: (start, end) => decodeColumns(bytes, view, start, end),
    [KINDS.rows]: (start, end) => {
      const width = end - start < 8 ? undefined : widthOf(view.getUint32(start, true));
      if (width !== undefined) return decodeRows(bytes, view, start, end, width);
      nameless += end - start < 8 ? 0 : view.getUint32(start + 4, true);
      return undefined;
    },
    [KINDS.histogram]: (start, end) => decodeHistogram(bytes, view, start, end),
    [KINDS.void]: (start, end) => decodeVoid(view, start, end),
  };
  const found = findBlocks(bytes, (kind, start, end) => {
    const before = nameless;
    const block = decode[kind]?.(start, end);
    if (block !== undefined) take(block);
    else if (nameless === before) unknown++;
  });
  return { ...found, unknown, nameless };
}

function decodeColumns(bytes: Uint8Array, view: DataView, start: number, end: number): ColumnsBlock | undefined {
  if (end - start < 8) return undefined;
  const length = view.getUint32(start + 4, true);
  if (start + 8 + length > end) return undefined;
  const names = parsed(decoder.decode(bytes.subarray(start + 8, start + 8 + length)));
  if (!Array.isArray(names) || !names.every((name) => typeof name === "string")) return undefined;
  return { type: "columns", set: view.getUint32(start, true), names };
}

function decodeRows(
  bytes: Uint8Array,
  view: DataView,
  start: number,
  end: number,
  width: number,
): MeasureBlock | undefined {
  const rows = view.getUint32(start + 4, true);
  if (end - start !== 8 + 8 * rows * (2 + width)) return undefined;
  const column = (index: number) => float64sAt(bytes, start + 8 + 8 * rows * index, rows);
  return {
    type: "rows",
    set: view.getUint32(start, true),
    rows,
    steps: column(0),
    times: column(1),
    values: Array.from({ length: width }, (_, index) => column(2 + index)),
  };
}

function decodeHistogram(bytes: Uint8Array, view: DataView, start: number, end: number): HistogramBlock | undefined {
  if (end - start < 8) return undefined;
  const length = view.getUint32(start, true);
  const bins = view.getUint32(start + 4, true);
  const nameAt = start + 8 + 8 * (4 + bins);
  if (nameAt + length > end) return undefined;
  const [step, time, low, high, ...counts] = float64sAt(bytes, start + 8, 4 + bins) as unknown as readonly [
    number,
    number,
    number,
    number,
    ...number[],
  ];
  return {
    type: "histogram",
    name: decoder.decode(bytes.subarray(nameAt, nameAt + length)),
    step,
    time,
    low,
    high,
    counts,
  };
}

function decodeVoid(view: DataView, start: number, end: number): VoidBlock | undefined {
  return end - start === 8 ? { type: "void", step: view.getFloat64(start, true) } : undefined;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
