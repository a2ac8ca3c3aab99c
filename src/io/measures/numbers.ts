/** Whether this machine keeps numbers as the files do. Nearly all do. */
const IS_LITTLE_ENDIAN = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

/** `count` float64 numbers at byte `at`: a view where that is possible, else a copy. Valid until `bytes` change. */
export function float64sAt(bytes: Uint8Array, at: number, count: number): Float64Array {
  const start = bytes.byteOffset + at;
  if (IS_LITTLE_ENDIAN && start % 8 === 0) return new Float64Array(bytes.buffer, start, count);
  const view = new DataView(bytes.buffer, start, 8 * count);
  return Float64Array.from({ length: count }, (_, index) => view.getFloat64(8 * index, true));
}

/** Writes the first `count` of `numbers` at byte `at`. */
export function putFloat64s(bytes: Uint8Array, at: number, numbers: Float64Array, count: number): void {
  if (IS_LITTLE_ENDIAN) {
    bytes.set(new Uint8Array(numbers.buffer, numbers.byteOffset, 8 * count), at);
    return;
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset + at, 8 * count);
  for (let index = 0; index < count; index++) view.setFloat64(8 * index, numbers[index] as number, true);
}
