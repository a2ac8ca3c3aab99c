/** Does nothing for so many milliseconds: in functions that wait for a pipe, and are not asynchronous. */
export function pause(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
