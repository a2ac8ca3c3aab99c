import type { Waiting } from "../../../codegen/x64/waiting.ts";
import type { Ffi, Library } from "../ffi.ts";
import { LARGE_PAGE_BYTES, PAGE_BYTES, type Platform, refusedMemory, roundUp, systemFailure } from "./platform.ts";

const READ_WRITE = 3;
const READ_EXECUTE = 5;
const PRIVATE = 2;

export interface PosixDetails {
  readonly library: Library;
  /** the value of MAP_ANONYMOUS */
  readonly anonymous: number;
  readonly waiting: Waiting;
  /** called with every block of large pages */
  readonly adviseLarge?: (address: number, bytes: number) => void;
}

/** What Linux and macOS have in common: mmap, mprotect and POSIX threads. */
export function createPosixPlatform(ffi: Ffi, { library, anonymous, waiting, adviseLarge }: PosixDetails): Platform {
  const mmap = library.func("mmap", "int64_t", ["int64_t", "int64_t", "int", "int", "int", "int64_t"]);
  const munmap = library.func("munmap", "int", ["int64_t", "int64_t"]);
  const mprotect = library.func("mprotect", "int", ["int64_t", "int64_t", "int"]);
  const pthreadCreate = library.func("pthread_create", "int", ["void *", "int64_t", "int64_t", "int64_t"]);
  const pthreadJoin = library.func("pthread_join", "int", ["int64_t", "int64_t"]);

  const unmap = (address: number, bytes: number): void => {
    if (bytes > 0 && munmap(address, bytes) !== 0)
      throw systemFailure("munmap", { address, bytes, error: ffi.errno() });
  };
  const map = (bytes: number): number => {
    const address = Number(mmap(0, bytes, READ_WRITE, PRIVATE | anonymous, -1, 0));
    if (address <= 0) throw refusedMemory(bytes, ffi.errno());
    return address;
  };
  return {
    convention: "systemV",
    waiting,
    allocate: (wanted) => {
      const bytes = roundUp(wanted, PAGE_BYTES);
      if (bytes < LARGE_PAGE_BYTES) return map(bytes);
      // one large page more than needed; the parts before and after the aligned one are returned
      const start = map(bytes + LARGE_PAGE_BYTES);
      const address = roundUp(start, LARGE_PAGE_BYTES);
      unmap(start, address - start);
      unmap(address + bytes, start + LARGE_PAGE_BYTES - address);
      adviseLarge?.(address, bytes);
      return address;
    },
    free: (address, bytes) => unmap(address, roundUp(bytes, PAGE_BYTES)),
    makeExecutable: (address, bytes) => {
      if (mprotect(address, roundUp(bytes, PAGE_BYTES), READ_EXECUTE) !== 0)
        throw systemFailure("mprotect", { address, bytes, error: ffi.errno() });
    },
    startThread: (entry, argument) => {
      const handle = new BigUint64Array(1);
      const error = pthreadCreate(handle, 0, entry, argument);
      if (error !== 0) throw systemFailure("pthread_create", { error });
      return handle[0] as bigint;
    },
    joinThread: (handle) => {
      const error = pthreadJoin(handle, 0);
      if (error !== 0) throw systemFailure("pthread_join", { error });
    },
  };
}
