import type { Ffi } from "../ffi.ts";
import { PAGE_BYTES, type Platform, refusedMemory, roundUp, systemFailure } from "./platform.ts";

const COMMIT_AND_RESERVE = 0x3000;
const RELEASE = 0x8000;
const READ_WRITE = 0x04;
const READ_EXECUTE = 0x20;
const INFINITE = 0xffffffff;
/** Committed from the start: kernels do not touch their stack page by page, as a growing stack would need. */
const STACK_BYTES = 2 ** 18;

/** Windows on x64. Blocks start at multiples of 64 KiB; large pages need a privilege that users do not have. */
export function createWindowsPlatform(ffi: Ffi): Platform {
  const kernel = ffi.load("kernel32.dll");
  const synchronization = ffi.load("api-ms-win-core-synch-l1-2-0.dll");
  const virtualAlloc = kernel.func("VirtualAlloc", "int64_t", ["int64_t", "int64_t", "uint32_t", "uint32_t"]);
  const virtualFree = kernel.func("VirtualFree", "int", ["int64_t", "int64_t", "uint32_t"]);
  const virtualProtect = kernel.func("VirtualProtect", "int", ["int64_t", "int64_t", "uint32_t", "void *"]);
  const flushInstructionCache = kernel.func("FlushInstructionCache", "int", ["int64_t", "int64_t", "int64_t"]);
  const getCurrentProcess = kernel.func("GetCurrentProcess", "int64_t", []);
  const getLastError = kernel.func("GetLastError", "uint32_t", []);
  const createThread = kernel.func("CreateThread", "int64_t", [
    ...["int64_t", "int64_t", "int64_t", "int64_t", "uint32_t", "int64_t"],
  ]);
  const waitForSingleObject = kernel.func("WaitForSingleObject", "uint32_t", ["int64_t", "uint32_t"]);
  const closeHandle = kernel.func("CloseHandle", "int", ["int64_t"]);
  return {
    convention: "windows",
    waiting: {
      kind: "waitOnAddress",
      wait: Number(synchronization.symbol("WaitOnAddress")),
      wake: Number(synchronization.symbol("WakeByAddressAll")),
    },
    allocate: (wanted) => {
      const bytes = roundUp(wanted, PAGE_BYTES);
      const address = Number(virtualAlloc(0, bytes, COMMIT_AND_RESERVE, READ_WRITE));
      if (address === 0) throw refusedMemory(bytes, Number(getLastError()));
      return address;
    },
    free: (address) => {
      if (virtualFree(address, 0, RELEASE) === 0) throw systemFailure("VirtualFree", { error: getLastError() });
    },
    makeExecutable: (address, bytes) => {
      const before = new Uint32Array(1);
      if (virtualProtect(address, roundUp(bytes, PAGE_BYTES), READ_EXECUTE, before) === 0)
        throw systemFailure("VirtualProtect", { error: getLastError() });
      flushInstructionCache(getCurrentProcess(), address, bytes);
    },
    startThread: (entry, argument) => {
      const handle = createThread(0, STACK_BYTES, entry, argument, 0, 0);
      if (Number(handle) === 0) throw systemFailure("CreateThread", { error: getLastError() });
      return handle;
    },
    joinThread: (handle) => {
      waitForSingleObject(handle, INFINITE);
      closeHandle(handle);
    },
  };
}
