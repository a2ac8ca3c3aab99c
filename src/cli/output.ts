import { type Stats, statSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { GradusError } from "../core/errors.ts";
import { requireWritable } from "../files/require-writable.ts";
import { isSystemError } from "../files/system-errors.ts";
import { writeFile } from "../files/write-file.ts";
import { isStandardOutput } from "../files/write-target.ts";
import { inPieces } from "./terminal.ts";

/** The path that an option names; "-" is the standard output. */
export function outputPath(given: string): string {
  return isStandardOutput(given) ? "/dev/stdout" : given;
}

/** Checks an output path before the work starts, so that no work is lost on a path that cannot be written.
 *  @param inputs files that are read and must not be overwritten.
 *  @throws GradusError `bad-argument`. */
export function requireOutput(option: string, given: string, inputs: readonly string[] = [], sizeBytes = 0): void {
  const path = outputPath(given);
  const same = inputs.find((input) => isSameFile(input, path));
  if (same !== undefined) {
    throw new GradusError(
      "bad-argument",
      `${option}: ${given} is also an input and would be overwritten. Give another path.`,
      {
        option,
        file: given,
        input: same,
      },
    );
  }
  if (path !== "/dev/stdout") requireWritable(option, path, sizeBytes);
}

function isSameFile(one: string, other: string): boolean {
  const [a, b] = [statsOf(one), statsOf(other)];
  if (a === undefined && b === undefined) return resolve(one) === resolve(other);
  return a !== undefined && b !== undefined && a.isFile() && a.ino === b.ino && a.dev === b.dev;
}

function statsOf(path: string): Stats | undefined {
  try {
    return statSync(path);
  } catch {
    return undefined;
  }
}

/** Saves work to its path or, if that fails, under a new name in the temporary folder, the current folder or the home folder.
 *  @param save writes to a path.
 *  @throws GradusError `io-error` that says where the work was saved, in its text and as `values.saved`; the first error if it could not
 *  be saved anywhere. */
export async function saveOrRescue(path: string, save: (path: string) => void | Promise<void>): Promise<void> {
  try {
    await save(path);
  } catch (error) {
    if (!isRefused(error)) throw error;
    const saved = await rescue(path, save);
    if (saved === undefined) throw error;
    throw new GradusError(
      "io-error",
      `${(error as Error).message} The output was saved to ${saved} instead.`,
      { ...(error as GradusError).values, saved },
      { cause: error },
    );
  }
}

/** Like `saveOrRescue`, for text in any number of parts. */
export function saveText(path: string, makeText: () => Iterable<string>): Promise<void> {
  return saveOrRescue(outputPath(path), (each) => writeFile(each, encoded(makeText())));
}

function* encoded(texts: Iterable<string>): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  for (const piece of inPieces(texts)) yield encoder.encode(piece);
}

function isRefused(error: unknown): boolean {
  return isSystemError(error) || (error instanceof GradusError && ["io-error", "bad-argument"].includes(error.code));
}

async function rescue(path: string, save: (path: string) => void | Promise<void>): Promise<string | undefined> {
  const name = `gradus-${process.pid}-${Date.now()}-${basename(path).slice(-100)}`;
  for (const folder of [tmpdir(), process.cwd(), homedir()]) {
    const place = join(folder, name);
    try {
      await save(place);
      return place;
    } catch {
      // try the next folder
    }
  }
  return undefined;
}
