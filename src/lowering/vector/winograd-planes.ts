/** Bytes of a cache line. */
const LINE_BYTES = 64;

/** At least so many bytes, an odd number of cache lines: arrays at this distance fall into different sets of the cache. */
export function oddLines(bytes: number): number {
  const lines = Math.ceil(bytes / LINE_BYTES);
  return (lines % 2 === 1 ? lines : lines + 1) * LINE_BYTES;
}
