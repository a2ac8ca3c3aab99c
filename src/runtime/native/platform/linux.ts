import type { Ffi } from "../ffi.ts";
import type { Platform } from "./platform.ts";
import { createPosixPlatform } from "./posix.ts";

const MAP_ANONYMOUS = 0x20;
const MADV_HUGEPAGE = 14;

/** Linux, glibc or musl: the process has loaded the libraries already. */
export function createLinuxPlatform(ffi: Ffi): Platform {
  const library = ffi.load(null);
  const madvise = library.func("madvise", "int", ["int64_t", "int64_t", "int"]);
  return createPosixPlatform(ffi, {
    library,
    anonymous: MAP_ANONYMOUS,
    waiting: { kind: "futex" },
    // a kernel without large pages refuses, which affects only speed
    adviseLarge: (address, bytes) => {
      madvise(address, bytes, MADV_HUGEPAGE);
    },
  });
}
