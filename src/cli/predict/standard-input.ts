import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GradusError } from "../../core/errors.ts";
import { systemFailure } from "../../files/system-errors.ts";

const NAME = "standard input";

/** Whether a path is the standard input, such as "-" or /dev/stdin. */
export function isStandardInput(path: string): boolean {
  return /^(-|\/dev\/stdin|\/(dev|proc\/self)\/fd\/0)$/.test(path);
}

/** Stores a stream in a temporary file, for readers that read a file more than once, and removes the file afterwards.
 *  @throws GradusError the errors of `use`, which name the file "standard input"; `io-error` if there is no space for the file. */
export async function withStandardInput<T>(
  stream: AsyncIterable<Uint8Array | string>,
  use: (file: string) => T | Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "gradus-input-"));
  const file = join(folder, "standard-input");
  try {
    await spool(stream, file);
    return await use(file);
  } catch (error) {
    if (!(error instanceof GradusError)) throw error;
    const values = { ...error.values, ...(error.values.file === file ? { file: NAME } : {}) };
    throw new GradusError(error.code, error.message.replaceAll(file, NAME), values, { cause: error });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function spool(stream: AsyncIterable<Uint8Array | string>, file: string): Promise<void> {
  const handle = openSync(file, "wx", 0o600);
  try {
    for await (const chunk of stream) {
      const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
      for (let written = 0; written < bytes.length; ) written += writeSync(handle, bytes, written);
    }
  } catch (cause) {
    throw systemFailure("write", file, cause);
  } finally {
    closeSync(handle);
  }
}
