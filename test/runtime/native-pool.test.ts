import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { NativeHeap } from "../../src/runtime/native/heap.ts";
import { MachineCode } from "../../src/runtime/native/machine-code.ts";
import { ProgramTable } from "../../src/runtime/native/table.ts";
import { NativeThreadPool } from "../../src/runtime/native/thread-pool.ts";
import { emitTurnAround, nativeMachine, skipNative, TurnAround } from "./native-machine.ts";

function open(threads: number, items: number, calls: number, cores = availableParallelism()) {
  const machine = nativeMachine();
  const heap = new NativeHeap(machine.ffi, machine.platform);
  const pool = new NativeThreadPool(machine.ffi, machine.platform, heap, threads, cores);
  const program = new TurnAround(machine, heap, pool, items, calls);
  const close = (): void => {
    program.free();
    pool.dispose();
    heap.dispose();
  };
  return { heap, pool, program, close };
}

for (const [threads, runs] of [
  [1, 10_000],
  [2, 10_000],
  [3, 1_000],
  [7, 200],
] as const) {
  test(`${runs} programs of six calls with barriers on ${threads} threads`, { skip: skipNative }, () => {
    const { program, close } = open(threads, 41, 6);
    for (let run = 0; run < runs; run++) program.run();
    assert.equal(program.firstWrong(), undefined);
    close();
  });
}

test("threads that look for a microsecond before they sleep lose nothing", { skip: skipNative }, () => {
  const { program, close } = open(2, 41, 6, 1);
  for (let run = 0; run < 2000; run++) program.run();
  assert.equal(program.firstWrong(), undefined);
  close();
});

test("fewer items than threads: those without any still meet the others", { skip: skipNative }, () => {
  const { program, close } = open(3, 2, 4);
  for (let run = 0; run < 300; run++) program.run();
  assert.equal(program.firstWrong(), undefined);
  close();
});

test("an empty program and one without items return", { skip: skipNative }, () => {
  const { ffi, platform } = nativeMachine();
  const { heap, pool, close } = open(2, 4, 2);
  const code = new MachineCode(ffi, platform, emitTurnAround());
  const call = { function: 0, addresses: [], items: 0, grain: 1, barrierBefore: true, label: "nothing" };
  for (const calls of [[], [call], [call, call]]) {
    const table = new ProgramTable(heap, calls, [code.address], 2);
    for (let run = 0; run < 100; run++) pool.run(table);
    table.free();
  }
  code.free();
  close();
});

test("a pool that fell asleep wakes up, again and again", { skip: skipNative }, async () => {
  const { program, close } = open(3, 100, 4);
  for (let turn = 0; turn < 15; turn++) {
    for (let run = 0; run < 5; run++) program.run();
    await sleep(turn);
  }
  assert.equal(program.firstWrong(), undefined);
  close();
});

test("an idle pool uses no processor", { skip: skipNative }, async () => {
  const { program, close } = open(2, 100, 4);
  program.run();
  await sleep(50);
  const before = process.cpuUsage();
  await sleep(400);
  const { user, system } = process.cpuUsage(before);
  // one spinning thread would have used 400 ms
  assert.ok(user + system < 100_000, `${(user + system) / 1000} ms of processor time in 400 ms`);
  close();
});

test("one call alone runs all items on the calling thread", { skip: skipNative }, () => {
  const { program, close } = open(2, 10, 2);
  assert.deepEqual([...program.runSingle()], Array(10).fill(1));
  close();
});

test("pools come and go, and several live side by side", { skip: skipNative }, () => {
  const threadsBefore = threadCount();
  for (let turn = 0; turn < 20; turn++) {
    const [one, other] = [open(2, 30, 2), open(3, 50, 4)];
    for (let run = 0; run < 10; run++) {
      one.program.run();
      other.program.run();
    }
    assert.equal(one.program.firstWrong(), undefined);
    assert.equal(other.program.firstWrong(), undefined);
    one.close();
    other.close();
  }
  assert.equal(threadCount(), threadsBefore);
});

function threadCount(): number {
  if (process.platform !== "linux") return 0;
  return Number(/^Threads:\s+(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1]);
}

/** The rights of the pages that hold an address, such as `rw-p`. */
function rightsAt(address: number): string | undefined {
  for (const line of readFileSync("/proc/self/maps", "utf8").split("\n")) {
    const [, from, to, rights] = /^([0-9a-f]+)-([0-9a-f]+) (\S+)/.exec(line) ?? [];
    if (Number.parseInt(from ?? "", 16) <= address && address < Number.parseInt(to ?? "", 16)) return rights;
  }
  return undefined;
}

const skipMaps = process.platform === "linux" ? skipNative : "only Linux shows the rights of pages";

test("code is writable first and executable after, never both; arrays are never executable", { skip: skipMaps }, () => {
  const { ffi, platform } = nativeMachine();
  const seen: (string | undefined)[] = [];
  const watched = {
    ...platform,
    makeExecutable: (address: number, bytes: number) => {
      seen.push(rightsAt(address));
      platform.makeExecutable(address, bytes);
      seen.push(rightsAt(address));
    },
  };
  const code = new MachineCode(ffi, watched, emitTurnAround());
  assert.deepEqual(seen, ["rw-p", "r-xp"]);
  const { address } = code;
  code.free();
  assert.notEqual(rightsAt(address), "r-xp");
  const heap = new NativeHeap(ffi, platform);
  const place = heap.allocate(64);
  assert.equal(rightsAt(place), "rw-p");
  heap.free(place, 64);
  heap.dispose();
});
