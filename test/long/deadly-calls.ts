import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";

/** The system calls of a save. */
export const SAVE_CALLS = ["openSync", "writeSync", "fsyncSync", "renameSync", "rmSync"] as const;
export type SaveCall = (typeof SAVE_CALLS)[number];

/** Where a process kills itself: at the given call, counted from 1. */
export interface DeadlyCall {
  readonly call: SaveCall;
  readonly count: number;
  readonly when: "before" | "after";
}

/** Most bytes of one write: a file becomes many pieces, between which a kill may fall. */
const PIECE_BYTES = 2048;

/** Makes this process write in small pieces, and kill itself, as by `kill -9`, at one of the system calls that write files. */
export function dieAt(deadly: DeadlyCall): void {
  let calls = 0;
  const here = (call: SaveCall, when: DeadlyCall["when"]) => {
    if (deadly.call !== call) return;
    if (when === "before") calls++;
    if (calls === deadly.count && when === deadly.when) process.kill(process.pid, "SIGKILL");
  };
  const write = fs.writeSync as (handle: number, bytes: Uint8Array, from: number, length: number) => number;
  const slowly = (handle: number, bytes: Uint8Array, from = 0) =>
    write(handle, bytes, from, Math.min(PIECE_BYTES, bytes.length - from));
  for (const call of SAVE_CALLS) {
    const original = (call === "writeSync" ? slowly : fs[call]) as (...words: readonly unknown[]) => unknown;
    const watched = (...words: readonly unknown[]) => {
      here(call, "before");
      const result = original(...words);
      here(call, "after");
      return result;
    };
    Object.assign(fs, { [call]: watched });
  }
  // what was imported by name follows
  syncBuiltinESMExports();
}
