import { emptyBlock, HEADER_BYTES, padded, sealBlock } from "./block.ts";
import { type HistogramBlock, KINDS } from "./content.ts";
import { putFloat64s } from "./numbers.ts";

const encoder = new TextEncoder();

/** Names the columns of a set. */
export function encodeColumns(set: number, names: readonly string[]): Uint8Array {
  const text = encoder.encode(JSON.stringify(names));
  const block = emptyBlock(8 + text.length);
  const view = payloadOf(block);
  view.setUint32(0, set, true);
  view.setUint32(4, text.length, true);
  block.set(text, HEADER_BYTES + 8);
  return sealBlock(block, KINDS.columns);
}

/** The first `rows` rows of a set whose columns are full arrays. */
export function encodeRows(
  set: number,
  rows: number,
  steps: Float64Array,
  times: Float64Array,
  values: readonly Float64Array[],
): Uint8Array {
  const block = emptyBlock(8 + 8 * rows * (2 + values.length));
  const view = payloadOf(block);
  view.setUint32(0, set, true);
  view.setUint32(4, rows, true);
  let at = HEADER_BYTES + 8;
  const put = (numbers: Float64Array) => {
    putFloat64s(block, at, numbers, rows);
    at += 8 * rows;
  };
  put(steps);
  put(times);
  for (const column of values) put(column);
  return sealBlock(block, KINDS.rows);
}

export function encodeHistogram({ name, step, time, low, high, counts }: Omit<HistogramBlock, "type">): Uint8Array {
  const text = encoder.encode(name);
  const numbers = Float64Array.from([step, time, low, high, ...counts]);
  const block = emptyBlock(8 + 8 * numbers.length + padded(text.length));
  const view = payloadOf(block);
  view.setUint32(0, text.length, true);
  view.setUint32(4, counts.length, true);
  putFloat64s(block, HEADER_BYTES + 8, numbers, numbers.length);
  block.set(text, HEADER_BYTES + 8 + 8 * numbers.length);
  return sealBlock(block, KINDS.histogram);
}

/** Takes back everything after a step. */
export function encodeVoid(step: number): Uint8Array {
  const block = emptyBlock(8);
  payloadOf(block).setFloat64(0, step, true);
  return sealBlock(block, KINDS.void);
}

function payloadOf(block: Uint8Array): DataView {
  return new DataView(block.buffer, block.byteOffset + HEADER_BYTES, block.length - HEADER_BYTES);
}
