import { lstatSync, readlinkSync, realpathSync, type Stats, statSync } from "node:fs";
import { basename, dirname, join, resolve, sep } from "node:path";
import { GradusError } from "../core/errors.ts";

/** The target behind a path to write. */
export type WriteTarget =
  /** A file that this process already has open: /dev/stdout, /dev/fd/3. */
  | { readonly kind: "open"; readonly handle: number }
  /** A device or a pipe, to which bytes are sent. */
  | { readonly kind: "stream"; readonly path: string; readonly isPipe: boolean }
  /** A regular file that may not exist yet. The path contains no links. */
  | FileTarget;

export interface FileTarget {
  readonly kind: "file";
  readonly path: string;
  readonly existing: Stats | undefined;
}

/** Most links in a chain, as in Linux. */
const MOST_LINKS = 40;

/** Follows links to the actual target.
 *  @throws GradusError `bad-argument` for a folder, a socket and an empty path; else the system's error. */
export function writeTarget(file: string): WriteTarget {
  if (file === "" || file.endsWith("/") || file.endsWith(sep)) throw notAFile(file, "it is not a file name");
  let path = resolve(file);
  for (let links = 0; links < MOST_LINKS; links++) {
    const handle = openHandle(path);
    if (handle !== undefined) return { kind: "open", handle };
    path = join(realFolder(dirname(path)), basename(path));
    const found = lstatSync(path, { throwIfNoEntry: false });
    if (found === undefined) return { kind: "file", path, existing: undefined };
    if (found.isSymbolicLink()) {
      path = resolve(dirname(path), readlinkSync(path));
      continue;
    }
    if (found.isDirectory()) throw notAFile(file, "it is a folder");
    if (found.isSocket()) throw notAFile(file, "it is a socket");
    return found.isFile() ? { kind: "file", path, existing: found } : { kind: "stream", path, isPipe: found.isFIFO() };
  }
  // throws if the links form a cycle
  statSync(file);
  throw notAFile(file, "its chain of links is too long");
}

/** Whether a path is the standard output, under any of its names: "-", /dev/stdout, /dev/fd/1. */
export function isStandardOutput(file: string): boolean {
  return file === "-" || openHandle(resolve(file)) === 1;
}

/** The number of an open file, if the path names one. Opening it again would empty it, or fail for a socket. */
function openHandle(path: string): number | undefined {
  if (path === "/dev/stdout") return 1;
  if (path === "/dev/stderr") return 2;
  const number = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(path)?.[1];
  return number === undefined ? undefined : Number(number);
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return folder;
    throw error;
  }
}

function notAFile(file: string, meaning: string): GradusError {
  return new GradusError("bad-argument", `${file || '""'}: cannot be written: ${meaning}. Give the path of a file.`, {
    file,
    action: "write",
    reason: "EISDIR",
  });
}
