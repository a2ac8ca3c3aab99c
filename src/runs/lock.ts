import { randomBytes } from "node:crypto";
import {
  closeSync,
  linkSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeSync,
} from "node:fs";
import { isRecord } from "../core/describe.ts";
import { GradusError } from "../core/errors.ts";
import { isSystemError, systemFailure } from "../files/system-errors.ts";
import { isRunning, machineOf, ownIdentity, type ProcessIdentity } from "./process-identity.ts";
import { runFile } from "./run-files.ts";

// One process writes a run. Its lock is a file that appears with its content at once. The writer touches it now and then, so that other
// machines that share the disk see that it lives.

/** What a lock file holds. */
export interface LockHolder extends ProcessIdentity {
  /** When the lock was taken, milliseconds since 1970. */
  readonly since: number;
  /** Tells this lock from all others. */
  readonly token: string;
}

/** `unknown`: the holder is where we cannot see it, and has given no sign of life for a while. */
export type LockState =
  | { readonly state: "free" }
  | { readonly state: "held" | "ended" | "unknown"; readonly holder: LockHolder | undefined };

/** Least time between two touches of a lock, ms. */
export const TOUCH_MS = 10_000;

/** A holder that cannot be seen, and whose lock was touched less than so long ago, lives. */
const ALIVE_MS = 10 * 60_000;

/** A lock that was not touched for so long is over, if its holder cannot be seen. Long, because clocks differ and a step may take its time. */
const OVER_MS = 60 * 60_000;

/** A lock without its content: the system fell between making and filling it. */
const UNREADABLE_MS = 60_000;

/** Who holds a run's lock. */
export function lockState(folder: string): LockState {
  const file = runFile(folder, "lock");
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    return isSystemError(error) && error.code !== "ENOENT" && error.code !== "ENOTDIR"
      ? { state: "unknown", holder: undefined }
      : { state: "free" };
  }
  const age = ageOf(file);
  const holder = parseHolder(text);
  if (holder === undefined) return { state: age > UNREADABLE_MS ? "ended" : "unknown", holder };
  const runs = isRunning(holder);
  if (runs !== undefined) return { state: runs ? "held" : "ended", holder };
  return { state: age < ALIVE_MS ? "held" : age > OVER_MS ? "ended" : "unknown", holder };
}

/** A lock that this process holds. */
export class RunLock {
  readonly #folder: string;
  readonly #holder: LockHolder;
  #touchedAt = Date.now();

  private constructor(folder: string, holder: LockHolder) {
    this.#folder = folder;
    this.#holder = holder;
  }

  /** Takes the lock of a run, also one whose process has ended.
   *  @throws GradusError `in-use` with `{ folder, pid, host, since }` if another process (or this one) writes the run; `io-error`. */
  static take(folder: string): RunLock {
    const holder: LockHolder = { ...ownIdentity(), since: Date.now(), token: randomBytes(8).toString("hex") };
    const file = runFile(folder, "lock");
    try {
      if (create(file, JSON.stringify(holder))) return new RunLock(folder, holder);
      requireOver(folder);
      takeOver(folder, holder);
    } catch (cause) {
      throw systemFailure("write", file, cause);
    }
    return new RunLock(folder, holder);
  }

  /** Shows other machines that the writer lives. Costs nothing if the last touch was a moment ago.
   *  @returns false if the lock is gone, and the run's folder perhaps with it. */
  touch(now: number): boolean {
    // a clock may go back
    if (Math.abs(now - this.#touchedAt) < TOUCH_MS) return true;
    this.#touchedAt = now;
    try {
      utimesSync(runFile(this.#folder, "lock"), now / 1000, now / 1000);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== "ENOENT";
    }
  }

  /** Gives the lock back, if it is still ours. */
  release(): void {
    const file = runFile(this.#folder, "lock");
    try {
      if (parseHolder(readFileSync(file, "utf8"))?.token === this.#holder.token) rmSync(file, { force: true });
    } catch {
      // a lock that stays is taken over when this process has ended
    }
  }
}

function requireOver(folder: string): "free" | "ended" {
  const found = lockState(folder);
  if (found.state === "free" || found.state === "ended") return found.state;
  throw inUse(folder, found.holder);
}

function holderOf(folder: string): LockHolder | undefined {
  const found = lockState(folder);
  return found.state === "free" ? undefined : found.holder;
}

/** The error for a run that a process writes. */
export function inUse(folder: string, holder: LockHolder | undefined): GradusError {
  const lock = runFile(folder, "lock");
  if (holder === undefined) {
    return new GradusError(
      "in-use",
      `${folder}: another process seems to begin this run just now. Wait a minute; if no process writes it, remove ${lock}.`,
      { folder },
    );
  }
  const host = machineOf(holder.place);
  const isOurs = holder.pid === process.pid && holder.place === ownIdentity().place;
  const who = isOurs ? "this process itself" : `process ${holder.pid} on ${host}`;
  const advice = isOurs
    ? "Close its writer first."
    : `Wait for it or stop it; if it does not run any more, remove ${lock}.`;
  return new GradusError(
    "in-use",
    `${folder}: ${who} has been writing this run since ${dateOf(holder.since)}. ${advice}`,
    { folder, pid: holder.pid, host, since: holder.since },
  );
}

/** Makes the lock file with its content. @returns false if there is one. */
function create(file: string, text: string): boolean {
  const draft = `${file}.${process.pid}-${randomBytes(4).toString("hex")}`;
  writeNew(draft, text);
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EEXIST") return false;
    // some file systems have no links
    return writeNew(file, text);
  } finally {
    rmSync(draft, { force: true });
  }
}

/** Replaces the lock of an ended process. Of several processes that try at the same time one succeeds: the right to replace it is a file
 *  that only one of them can make. */
function takeOver(folder: string, holder: LockHolder): void {
  const file = runFile(folder, "lock");
  const right = `${file}.taking`;
  if (!create(right, JSON.stringify(holder))) {
    const other = parseHolder(attempt(() => readFileSync(right, "utf8")) ?? "");
    if (other === undefined ? ageOf(right) < UNREADABLE_MS : isRunning(other) !== false) throw inUse(folder, other);
    rmSync(right, { force: true });
    if (!create(right, JSON.stringify(holder))) throw inUse(folder, undefined);
  }
  try {
    if (requireOver(folder) === "free") {
      // given back in the meantime: whoever makes it next has it
      if (create(file, JSON.stringify(holder))) return;
      throw inUse(folder, holderOf(folder));
    }
    const draft = `${file}.${process.pid}-${holder.token}`;
    writeNew(draft, JSON.stringify(holder));
    renameSync(draft, file);
  } finally {
    rmSync(right, { force: true });
  }
}

/** @returns false if there is such a file. */
function writeNew(file: string, text: string): boolean {
  let handle: number;
  try {
    handle = openSync(file, "wx");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
  try {
    writeSync(handle, text);
    return true;
  } finally {
    closeSync(handle);
  }
}

function parseHolder(text: string): LockHolder | undefined {
  const found = attempt(() => JSON.parse(text) as unknown);
  if (!isRecord(found)) return undefined;
  const { pid, place, start, since, token } = found;
  const isWhole =
    Number.isSafeInteger(pid) && (pid as number) > 0 && typeof place === "string" && Number.isFinite(since);
  if (!isWhole || typeof token !== "string") return undefined;
  return {
    pid: pid as number,
    place,
    start: typeof start === "string" ? start : undefined,
    since: since as number,
    token,
  };
}

/** Milliseconds since a file was touched; a clock that went back counts as now. */
function ageOf(file: string): number {
  return Math.max(0, Date.now() - (attempt(() => statSync(file).mtimeMs) ?? Date.now()));
}

function dateOf(ms: number): string {
  return attempt(() => new Date(ms).toISOString()) ?? "some time";
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
