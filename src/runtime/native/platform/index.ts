import { GradusError } from "../../../core/errors.ts";
import type { Ffi } from "../ffi.ts";
import { createLinuxPlatform } from "./linux.ts";
import { createMacosPlatform } from "./macos.ts";
import type { Platform } from "./platform.ts";
import { createWindowsPlatform } from "./windows.ts";

export type { Platform, ThreadHandle } from "./platform.ts";
export { LARGE_PAGE_BYTES, PAGE_BYTES, roundUp } from "./platform.ts";

/** By the name that Node gives the system. */
const PLATFORMS: Readonly<Record<string, (ffi: Ffi) => Platform>> = {
  linux: createLinuxPlatform,
  darwin: createMacosPlatform,
  win32: createWindowsPlatform,
};

/** What machine code needs of this operating system.
 *  @throws GradusError `backend-unavailable` if the system is unknown or lacks a function. */
export function createPlatform(ffi: Ffi, system: string): Platform {
  const create = Object.hasOwn(PLATFORMS, system) ? PLATFORMS[system] : undefined;
  if (create === undefined) {
    const known = Object.keys(PLATFORMS).join(", ");
    throw new GradusError("backend-unavailable", `native: this system is ${system}; known are ${known}`, { system });
  }
  try {
    return create(ffi);
  } catch (cause) {
    if (cause instanceof GradusError) throw cause;
    throw new GradusError(
      "backend-unavailable",
      `native: the system's functions do not load: ${(cause as Error).message}`,
      { system },
      { cause },
    );
  }
}
