/** The system calls of Node's `fs` that append to a file, for tests to replace. Written out: public declarations must not ask for Node's types. */
export interface AppendCalls {
  openSync(path: string, flags: string): number;
  writeSync(handle: number, bytes: Uint8Array, offset?: number, length?: number): number;
  ftruncateSync(handle: number, length: number): void;
  fsyncSync(handle: number): void;
  closeSync(handle: number): void;
}
