import { cpus } from "node:os";
import { setTimeout as pause } from "node:timers/promises";

/** More than this and something else computes beside the measurement. */
export const BUSY = 0.1;

const WATCHED_MS = 250;

/** Share of all cores that other programs use while we wait, in [0, 1]: 0 on a quiet machine. */
export async function busyShare(): Promise<number> {
  const before = timesOf();
  await pause(WATCHED_MS);
  const after = timesOf();
  const whole = after.whole - before.whole;
  return whole <= 0 ? 0 : 1 - (after.idle - before.idle) / whole;
}

function timesOf(): { readonly idle: number; readonly whole: number } {
  const all = cpus().map(({ times }) => times);
  const sum = (of: (times: (typeof all)[number]) => number) => all.reduce((total, times) => total + of(times), 0);
  return {
    idle: sum(({ idle }) => idle),
    whole: sum(({ user, nice, sys, idle, irq }) => user + nice + sys + idle + irq),
  };
}
