import * as fs from "node:fs";
import { dirname } from "node:path";
import { describe } from "../core/describe.ts";
import { requireArgument } from "../core/errors.ts";
import { draftOf, removeLeftovers } from "./drafts.ts";
import { makeFolder } from "./make-folder.ts";
import { pause } from "./pause.ts";
import { systemFailure } from "./system-errors.ts";
import { type FileTarget, writeTarget } from "./write-target.ts";

/** The system calls that can fail midway. Tests replace them. */
export type WriteCalls = Pick<typeof fs, "openSync" | "writeSync" | "fsyncSync" | "renameSync" | "mkdirSync">;

/** How long a pipe may lack a reader, and the interval between two polls. */
const PIPE_WAIT_MS = 10_000;
const PAUSE_MS = 5;

/** Writes a file.
 *  A regular file is replaced whole or not at all: readers see the old one or the new one, even after a power failure. It keeps its
 *  permissions, and its owner if the system allows. Links are followed; missing folders are made. Devices, pipes and files that this
 *  process has open (/dev/stdout) are written directly. If the folder accepts no new file, or the old file is a mount, it is overwritten.
 *  @param content bytes, or pieces of them in order.
 *  @throws GradusError `io-error` if the system refuses (disk full, permission denied, …), `bad-argument` for a folder. */
export function writeFile(file: string, content: Uint8Array | Iterable<Uint8Array>, calls: WriteCalls = fs): void {
  write(file, content, calls, { mayOverwrite: true });
}

/** As `writeFile`, but where a file cannot be replaced whole it is left alone: nothing is ever overwritten in place.
 *  @throws GradusError as `writeFile`. */
export function writeWhole(file: string, content: Uint8Array | Iterable<Uint8Array>, calls: WriteCalls = fs): void {
  write(file, content, calls, { mayOverwrite: false });
}

function write(
  file: string,
  content: Uint8Array | Iterable<Uint8Array>,
  calls: WriteCalls,
  { mayOverwrite }: { readonly mayOverwrite: boolean },
): void {
  requireArgument(
    typeof file === "string" && file !== "",
    `expected the path of a file to write, got ${file === "" ? "an empty string" : describe(file)}.`,
    { file },
  );
  const pieces = content instanceof Uint8Array ? [content] : content;
  try {
    const target = writeTarget(file);
    if (target.kind === "open") writeAll(target.handle, pieces, calls);
    else if (target.kind === "stream") writeInPlace(target.path, pieces, calls, target.isPipe ? openPipe : openToWrite);
    else replace(target, pieces, calls, mayOverwrite);
  } catch (cause) {
    throw systemFailure("write", file, cause);
  }
}

function replace(
  { path, existing }: FileTarget,
  pieces: Iterable<Uint8Array>,
  calls: WriteCalls,
  mayOverwrite: boolean,
): void {
  const folder = dirname(path);
  makeFolder(folder, calls);
  // without permission to write a file, do not replace it either
  if (existing) fs.accessSync(path, fs.constants.W_OK);
  removeLeftovers(path);
  const draft = draftOf(path);
  let handle: number;
  try {
    handle = calls.openSync(draft, "wx", existing ? 0o600 : 0o666);
  } catch (cause) {
    if (existing === undefined || !mayOverwrite || !isRefusedBeside(cause)) throw cause;
    writeInPlace(path, pieces, calls);
    return;
  }
  try {
    try {
      writeAll(handle, pieces, calls);
      if (existing) keepRights(handle, existing);
      calls.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
    putInPlace(draft, path, calls, mayOverwrite);
  } catch (cause) {
    remove(draft);
    throw cause;
  }
  flushFolder(folder);
}

/** Replaces the file atomically by renaming; if the old file is a mount and must stay, replaces its contents. */
function putInPlace(draft: string, path: string, calls: WriteCalls, mayOverwrite: boolean): void {
  try {
    calls.renameSync(draft, path);
  } catch (cause) {
    if (!mayOverwrite || !["EBUSY", "EXDEV"].includes((cause as NodeJS.ErrnoException).code ?? "")) throw cause;
    fs.copyFileSync(draft, path);
    remove(draft);
  }
}

/** Whether the folder accepts no new file, although the old one may be writable. */
function isRefusedBeside(cause: unknown): boolean {
  return ["EACCES", "EPERM", "EROFS"].includes((cause as NodeJS.ErrnoException).code ?? "");
}

type Open = (path: string, calls: WriteCalls) => number;

const openToWrite: Open = (path, calls) => calls.openSync(path, "w");

/** Waits for a reader, but not forever: ENXIO means that there is none. */
const openPipe: Open = (path, calls) => {
  const until = performance.now() + PIPE_WAIT_MS;
  for (;;) {
    try {
      return calls.openSync(path, fs.constants.O_WRONLY | fs.constants.O_NONBLOCK);
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code !== "ENXIO" || performance.now() > until) throw cause;
      pause(PAUSE_MS);
    }
  }
};

function writeInPlace(path: string, pieces: Iterable<Uint8Array>, calls: WriteCalls, open: Open = openToWrite): void {
  const handle = open(path, calls);
  try {
    writeAll(handle, pieces, calls);
  } finally {
    fs.closeSync(handle);
  }
}

function writeAll(handle: number, pieces: Iterable<Uint8Array>, calls: WriteCalls): void {
  for (const bytes of pieces) {
    for (let written = 0; written < bytes.length; ) {
      try {
        written += calls.writeSync(handle, bytes, written);
      } catch (cause) {
        if ((cause as NodeJS.ErrnoException).code !== "EAGAIN") throw cause;
        // a full non-blocking pipe
        pause(PAUSE_MS);
      }
    }
  }
}

/** Keeps the permissions, and the owner if the process may change it. */
function keepRights(handle: number, { mode, uid, gid }: fs.Stats): void {
  attempt(() => fs.fchownSync(handle, uid, gid));
  attempt(() => fs.fchmodSync(handle, mode & 0o777));
}

/** Makes the new name durable, too. Not every system supports this. */
function flushFolder(folder: string): void {
  attempt(() => {
    const handle = fs.openSync(folder, "r");
    try {
      fs.fsyncSync(handle);
    } finally {
      fs.closeSync(handle);
    }
  });
}

function remove(draft: string): void {
  attempt(() => fs.rmSync(draft, { force: true }));
}

function attempt(work: () => void): void {
  try {
    work();
  } catch {
    // optional: the file itself is already written
  }
}
