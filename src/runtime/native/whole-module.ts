import { GradusError } from "../../core/errors.ts";
import { nodeModule, nodeProcess } from "../../core/host.ts";

/** Offsets of the fields of a 64-bit ELF file, in bytes. Source: "System V Application Binary Interface", chapter 4. */
const HEADER = {
  class: 4,
  segments: 32,
  sections: 40,
  segmentBytes: 54,
  segmentCount: 56,
  sectionBytes: 58,
  sectionCount: 60,
  bytes: 64,
};
const SEGMENT = { offset: 8, fileBytes: 32 };
const MAGIC = 0x464c457f;
const CLASS_64 = 2;
/** Segments are listed within this distance of the start. */
const LOOKED_AT_BYTES = 4096;

/** The size in bytes that an ELF file declares: to the end of its last segment and of its section table, which come last. 0 for files of
 *  other kinds, whose loaders check for themselves.
 *  @param start the first bytes of the file. */
export function declaredBytes(start: Uint8Array): number {
  if (start.length < HEADER.bytes) return 0;
  const view = new DataView(start.buffer, start.byteOffset, start.byteLength);
  if (view.getUint32(0, true) !== MAGIC || start[HEADER.class] !== CLASS_64) return 0;
  const word = (at: number) => Number(view.getBigUint64(at, true));
  const half = (at: number) => view.getUint16(at, true);
  let end = word(HEADER.sections) + half(HEADER.sectionBytes) * half(HEADER.sectionCount);
  for (let number = 0; number < half(HEADER.segmentCount); number++) {
    const at = word(HEADER.segments) + number * half(HEADER.segmentBytes);
    if (at + half(HEADER.segmentBytes) > start.length) break;
    end = Math.max(end, word(at + SEGMENT.offset) + word(at + SEGMENT.fileBytes));
  }
  return end;
}

interface Files {
  openSync(file: string, flags: "r"): number;
  readSync(descriptor: number, into: Uint8Array): number;
  fstatSync(descriptor: number): { readonly size: number };
  closeSync(descriptor: number): void;
}

/** Refuses a truncated native module: Linux maps it, and reading the missing part ends the process with a bus error.
 *  @throws GradusError `truncated-file` with `{ file, expected, got }` in bytes. */
export function requireWholeModule(file: string): void {
  const { closeSync, fstatSync, openSync, readSync } = nodeModule<Files>("node:fs") as Files;
  const descriptor = openSync(file, "r");
  try {
    const start = new Uint8Array(LOOKED_AT_BYTES);
    const expected = declaredBytes(start.subarray(0, readSync(descriptor, start)));
    const got = fstatSync(descriptor).size;
    if (got >= expected) return;
    throw new GradusError(
      "truncated-file",
      `${file} was cut short: ${got} bytes of ${expected}. Install the package again`,
      { file, expected, got },
    );
  } finally {
    closeSync(descriptor);
  }
}

/** Calls `load`, and checks every native module before the system maps it.
 *  @throws GradusError `truncated-file` for the first truncated one, even if `load` handles the error; what `load` throws. */
export function loadingWholeModules<Result>(load: () => Result): Result {
  const host = nodeProcess as unknown as { dlopen(module: object, file: string, ...flags: unknown[]): unknown };
  const open = host.dlopen;
  let damage: unknown;
  host.dlopen = (module, file, ...flags) => {
    try {
      requireWholeModule(file);
    } catch (error) {
      if (error instanceof GradusError) {
        damage ??= error;
        throw error;
      }
      // an unreadable file is left to the system's own message
    }
    return open.call(host, module, file, ...flags);
  };
  try {
    return load();
  } catch (error) {
    throw damage ?? error;
  } finally {
    host.dlopen = open;
  }
}
