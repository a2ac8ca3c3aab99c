import { chunkOf } from "../chunk.ts";
import type { KernelCall } from "../program.ts";
import { type ByteWriter, EMPTY_BLOCK, opcode, valueType } from "./encoder.ts";

/** The common part of all calls of one kernel with the same chunk size. The call provides the addresses. */
export interface Dispatch {
  readonly kernel: number;
  readonly addresses: number;
  readonly items: number;
  readonly chunk: number;
  readonly barrierBefore: boolean;
}

export function dispatchOf(call: KernelCall, threads: number): Dispatch {
  const { items, barrierBefore } = call;
  const addresses = call.addresses.length;
  return { kernel: call.function, addresses, items, chunk: chunkOf(call, threads), barrierBefore };
}

/** dispatch(addresses…, thread): waits at the barrier if required, computes the thread's range, and calls the kernel if the range is not
 *  empty. It is a separate function so that `run` stays a sequence of plain calls: with the branches inlined, the engine's optimiser takes
 *  0.1 ms per call, and a step may contain thousands. */
export function emitDispatch(dispatch: Dispatch, barrier: number, target: ByteWriter): void {
  const { kernel, addresses, items, chunk, barrierBefore } = dispatch;
  const [thread, begin, end] = [addresses, addresses + 1, addresses + 2];
  target.sized((body) => {
    body.vector([2], (count) => body.unsigned(count).byte(valueType.i32));
    const i32 = (value: number): ByteWriter => body.append(opcode.i32Const).signed(value);
    const get = (local: number): ByteWriter => body.append(opcode.localGet).unsigned(local);
    const pushAddresses = (): void => {
      for (let address = 0; address < addresses; address++) get(address);
    };

    if (barrierBefore) body.append(opcode.call).unsigned(barrier);
    if (items === 0) {
      body.append(opcode.end);
      return;
    }
    if (chunk >= items) {
      get(thread).append(opcode.i32Eqz).append(opcode.if).byte(EMPTY_BLOCK);
      pushAddresses();
      i32(0);
      i32(items);
    } else {
      // begin = thread * chunk; if (begin < items) kernel(…, begin, min(begin + chunk, items), thread)
      get(thread);
      i32(chunk).append(opcode.i32Mul).append(opcode.localTee).unsigned(begin);
      i32(items).append(opcode.i32LtU).append(opcode.if).byte(EMPTY_BLOCK);
      pushAddresses();
      get(begin);
      get(begin);
      i32(chunk).append(opcode.i32Add).append(opcode.localTee).unsigned(end);
      i32(items);
      get(end);
      i32(items).append(opcode.i32LtU).append(opcode.select);
    }
    get(thread);
    body.append(opcode.call).unsigned(kernel).append(opcode.end).append(opcode.end);
  });
}

/** run(thread): every call in order, as its arguments and one plain call. All threads must call it, each with its own number.
 *  @param dispatchers the dispatcher of each call if several threads share the work; undefined if one thread calls the kernels. */
export function emitRun(
  calls: readonly KernelCall[],
  dispatchers: readonly number[] | undefined,
  target: ByteWriter,
): void {
  const thread = 0;
  target.sized((body) => {
    body.unsigned(0);
    calls.forEach((call, position) => {
      const dispatcher = dispatchers?.[position];
      if (dispatcher === undefined && call.items === 0) return;
      for (const address of call.addresses) body.append(opcode.i32Const).signed(address);
      if (dispatcher === undefined) body.append(opcode.i32Const).signed(0).append(opcode.i32Const).signed(call.items);
      body.append(opcode.localGet).unsigned(thread);
      body.append(opcode.call).unsigned(dispatcher ?? call.function);
    });
    body.append(opcode.end);
  });
}
