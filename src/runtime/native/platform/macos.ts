import type { Ffi } from "../ffi.ts";
import type { Platform } from "./platform.ts";
import { createPosixPlatform } from "./posix.ts";

const MAP_ANONYMOUS = 0x1000;

/** macOS on Intel processors. The kernel decides about large pages there. */
export function createMacosPlatform(ffi: Ffi): Platform {
  const library = ffi.load("/usr/lib/libSystem.B.dylib");
  return createPosixPlatform(ffi, {
    library,
    anonymous: MAP_ANONYMOUS,
    waiting: {
      kind: "ulock",
      wait: Number(library.symbol("__ulock_wait")),
      wake: Number(library.symbol("__ulock_wake")),
    },
  });
}
