import type { Assembler } from "./assembler.ts";
import { CONVENTIONS } from "./calling-convention.ts";
import { type General, type Memory, memory, r8, r9, r10, rax, rcx, rdi, rdx, rsi, rsp } from "./registers.ts";

/** How threads sleep until a 32-bit word changes, and how they are woken. `wait` and `wake` are addresses of functions. */
export type Waiting =
  | { readonly kind: "futex" }
  | { readonly kind: "ulock"; readonly wait: number; readonly wake: number }
  | { readonly kind: "waitOnAddress"; readonly wait: number; readonly wake: number };

interface WaitingCode {
  /** Sleeps while the word is `expected`; may wake early or late, so the caller checks again. */
  readonly wait: (a: Assembler, word: Memory, expected: General) => void;
  /** Wakes all threads that sleep on the word. */
  readonly wake: (a: Assembler, word: Memory) => void;
}

// Linux, futex(2): futex(word, operation, value, no timeout)
const FUTEX = 202;
const FUTEX_WAIT_PRIVATE = 128;
const FUTEX_WAKE_PRIVATE = 129;
// macOS, XNU's bsd/sys/ulock.h: __ulock_wait(operation, word, value, no timeout), __ulock_wake(operation, word, 0)
const UL_COMPARE_AND_WAIT = 1;
const ULF_WAKE_ALL = 0x100;
const EVERYONE = 0x7fffffff;
// Windows, synchapi.h: WaitOnAddress(word, address of the value, 4, INFINITE), WakeByAddressAll(word)
const INFINITE = -1;

function futex(a: Assembler, word: Memory, operation: number): void {
  a.lea(rdi, word);
  a.mov32(rsi, operation);
  a.mov32(r10, 0);
  a.mov32(rax, FUTEX);
  a.syscall();
}

function callSystem(a: Assembler, address: number): void {
  // the system's functions use legacy prefixes, which are slow while upper halves are in use
  a.vzeroupper();
  a.mov(rax, BigInt(address));
  a.call(rax);
}

function codeOf(waiting: Waiting): WaitingCode {
  if (waiting.kind === "futex") {
    return {
      wait: (a, word, expected) => {
        a.mov32(rdx, expected);
        futex(a, word, FUTEX_WAIT_PRIVATE);
      },
      wake: (a, word) => {
        a.mov32(rdx, EVERYONE);
        futex(a, word, FUTEX_WAKE_PRIVATE);
      },
    };
  }
  if (waiting.kind === "ulock") {
    return {
      wait: (a, word, expected) => {
        a.mov32(rdx, expected);
        a.lea(rsi, word);
        a.mov32(rdi, UL_COMPARE_AND_WAIT);
        a.mov32(rcx, 0);
        callSystem(a, waiting.wait);
      },
      wake: (a, word) => {
        a.lea(rsi, word);
        a.mov32(rdi, UL_COMPARE_AND_WAIT | ULF_WAKE_ALL);
        a.mov32(rdx, 0);
        callSystem(a, waiting.wake);
      },
    };
  }
  const { shadowBytes } = CONVENTIONS.windows;
  return {
    wait: (a, word, expected) => {
      a.lea(rcx, word);
      // the value is above the shadow space; 16 bytes keep rsp aligned
      a.sub(rsp, shadowBytes + 16);
      a.mov32(memory(rsp, shadowBytes), expected);
      a.lea(rdx, memory(rsp, shadowBytes));
      a.mov32(r8, 4);
      a.mov32(r9, INFINITE);
      callSystem(a, waiting.wait);
      a.add(rsp, shadowBytes + 16);
    },
    wake: (a, word) => {
      a.lea(rcx, word);
      a.sub(rsp, shadowBytes);
      callSystem(a, waiting.wake);
      a.add(rsp, shadowBytes);
    },
  };
}

/** Code for sleeping and waking. It requires that rsp is a multiple of 16; that the base of `word` and `expected` are registers that calls
 *  preserve (rbx, rbp, r12 to r15). It may change all other registers. */
export function waitingCode(waiting: Waiting): WaitingCode {
  return codeOf(waiting);
}
