import { createHash, randomBytes } from "node:crypto";
import { readdirSync, rmSync, statSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

// A file is first written next to its destination, as `.NAME.HOST-PROCESS-RANDOM.part`: its draft.

/** Longest name that leaves room for the rest: file systems allow 255 bytes. */
const MOST_NAME_BYTES = 180;
/** An older draft is a leftover, whichever process began it. */
const OLD_MS = 24 * 3600 * 1000;

/** A new name for the draft of a file. */
export function draftOf(file: string): string {
  return join(dirname(file), `${prefixOf(file)}${process.pid}-${randomBytes(4).toString("hex")}.part`);
}

const DRAFT = /^\.(.+)\.([0-9a-f]{6})-(\d+)-[0-9a-f]{8}\.part$/s;

/** Removes drafts of this file whose process was killed: drafts of ended processes on this machine, and drafts older than a day. Drafts
 *  that cannot be removed stay. */
export function removeLeftovers(file: string): void {
  const wanted = labelOf(file);
  removeLeftoversIn(dirname(file), (label) => label === wanted);
}

/** The same for all files of a folder with such names: also for those that will not be written again. */
export function removeLeftoversIn(folder: string, isOurs: (name: string) => boolean): void {
  for (const name of attempt(() => readdirSync(folder)) ?? []) {
    const [, label = "", host, process_] = DRAFT.exec(name) ?? [];
    if (host === undefined || !isOurs(label)) continue;
    const draft = join(folder, name);
    const age = Date.now() - (attempt(() => statSync(draft).mtimeMs) ?? Date.now());
    if (age > OLD_MS || (host === HOST && isOver(Number(process_), age))) attempt(() => rmSync(draft, { force: true }));
  }
}

/** Identifies this machine: process numbers are unique only on one machine. */
const HOST = createHash("sha256").update(hostname()).digest("hex").slice(0, 6);

function prefixOf(file: string): string {
  return `.${labelOf(file)}.${HOST}-`;
}

/** What a draft's name calls the file. */
function labelOf(file: string): string {
  const name = basename(file);
  const isLong = Buffer.byteLength(name) > MOST_NAME_BYTES;
  return isLong ? createHash("sha256").update(name).digest("hex").slice(0, 16) : name;
}

/** Whether the process that began a draft `ageMs` ago has ended. In containers, every process may have the same number. */
function isOver(process_: number, ageMs: number): boolean {
  if (process_ === process.pid) return ageMs > 1000 * process.uptime();
  try {
    process.kill(process_, 0);
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "ESRCH";
  }
}

function attempt<T>(work: () => T): T | undefined {
  try {
    return work();
  } catch {
    return undefined;
  }
}
