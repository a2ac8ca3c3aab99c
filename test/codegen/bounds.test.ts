import assert from "node:assert/strict";
import { test } from "node:test";
import { verifyBounds } from "../../src/codegen/bounds.ts";
import type { FunctionBuilder } from "../../src/codegen/builder.ts";
import type { Index, KernelCall, Register, VectorFunction } from "../../src/codegen/program.ts";
import { GradusError } from "../../src/core/errors.ts";
import { BYTES, COUNT, type Kernel, kernel, programOf, refusal, regions, SCRATCH, X, Y } from "./bounds-kernel.ts";

/** A row of the table: the same kernel with and without its fault, and the expected error. */
interface Fault {
  readonly name: string;
  readonly bad: (kernel: Kernel) => void;
  readonly good: (kernel: Kernel) => void;
  readonly parameter: number;
  readonly region: string;
  /** bytes from the region's start that the bad kernel reaches; undefined: no bound exists */
  readonly reaches?: readonly [from: number, to: number];
}

/** Element-wise over whole vectors; every part can be made faulty. */
function copy({
  offset = 0,
  last = COUNT - 4,
  tail = 4,
  step = 64,
}: {
  offset?: number;
  last?: number;
  tail?: number;
  step?: number;
}): (kernel: Kernel) => void {
  return ({ b, x, y }) => {
    const [from, to] = [b.indexVariable(x), b.indexVariable(y)];
    b.loop(0, last, 16, () => {
      b.store(b.load(from, offset), to, offset);
      b.indexAddInto(from, 64);
      b.indexAddInto(to, step);
    });
    b.store(b.load(from), to, 0, tail);
  };
}

function gather(index: (kernel: Kernel, raw: Register) => Index): (kernel: Kernel) => void {
  return (parts) => {
    const { b, x, y, begin, end } = parts;
    b.loop(begin, end, 1, (item) => {
      const raw = b.firstLane(b.loadSplat(b.indexAdd(y, b.indexMul(item, 4)), 0, "int"));
      b.loadSplat(b.indexAdd(x, b.indexMul(index(parts, raw), 4)), 0);
    });
  };
}

function gatherLanes(indices: (b: FunctionBuilder, raw: Register) => Register): (kernel: Kernel) => void {
  return ({ b, x, y }) => {
    b.emit({ op: "loadIndexed", to: b.float(), base: x, indices: indices(b, b.load(y, 0, "int")), lanes: 16 });
  };
}

function ownMemory(low: number, high: number): (kernel: Kernel) => void {
  return ({ b, scratch, stride, thread }) => {
    const own = b.indexAdd(scratch, b.indexMul(thread, stride));
    const to = b.indexVariable(own);
    b.loop(low, high, 1, () => {
      b.store(b.constant(1), to);
      b.indexAddInto(to, 64);
    });
  };
}

const faults: readonly Fault[] = [
  {
    name: "a load that starts where the padding ends",
    bad: ({ b, x }) => b.load(x, 512),
    good: ({ b, x }) => b.load(x, 448),
    parameter: 0,
    region: "x",
    reaches: [512, 576],
  },
  {
    name: "a negative offset",
    bad: ({ b, x }) => b.loadSplat(x, -4),
    good: ({ b, x }) => b.loadSplat(x, 0),
    parameter: 0,
    region: "x",
    reaches: [-4, 0],
  },
  {
    name: "a loop with two iterations too many",
    bad: copy({ last: COUNT + 28, tail: 16 }),
    good: copy({}),
    parameter: 0,
    region: "x",
    reaches: [0, 576],
  },
  {
    name: "a pointer that moves too far",
    bad: copy({ step: 128 }),
    good: copy({ step: 64 }),
    parameter: 1,
    region: "y",
    reaches: [0, 784],
  },
  {
    name: "a store of too many lanes",
    bad: ({ b, y }) => b.store(b.constant(1), y, 456, 15),
    good: ({ b, y }) => b.store(b.constant(1), y, 456, 14),
    parameter: 1,
    region: "y",
    reaches: [456, 516],
  },
  {
    name: "a strided load whose last lane is too far",
    bad: ({ b, x }) => b.loadStrided(x, 0, 36, 16),
    good: ({ b, x }) => b.loadStrided(x, 0, 36, 15),
    parameter: 0,
    region: "x",
    reaches: [0, 544],
  },
  {
    name: "a strided store that goes backwards",
    bad: ({ b, y }) => b.storeStrided(b.constant(1), y, 56, -4, 16),
    good: ({ b, y }) => b.storeStrided(b.constant(1), y, 60, -4, 16),
    parameter: 1,
    region: "y",
    reaches: [-4, 60],
  },
  {
    name: "work items with a stride that is too long",
    bad: ({ b, y, begin, end }) =>
      b.loop(begin, end, 1, (item) => b.store(b.constant(1), b.indexAdd(y, b.indexMul(item, 6)), 0, 1)),
    good: ({ b, y, begin, end }) =>
      b.loop(begin, end, 1, (item) => b.store(b.constant(1), b.indexAdd(y, b.indexMul(item, 4)), 0, 1)),
    parameter: 1,
    region: "y",
    reaches: [0, 598],
  },
  {
    name: "an unlimited index from memory",
    bad: gather((_, raw) => raw),
    good: gather(({ b }, raw) => b.indexMin(b.indexMax(raw, 0), COUNT - 1)),
    parameter: 0,
    region: "x",
  },
  {
    name: "an index from memory that is limited only from above",
    bad: gather(({ b }, raw) => b.indexMin(raw, COUNT - 1)),
    good: gather(({ b }, raw) => b.indexMax(b.indexMin(raw, COUNT - 1), 0)),
    parameter: 0,
    region: "x",
  },
  {
    name: "an index from memory with a limit that is too high",
    bad: gather(({ b }, raw) => b.indexMin(b.indexMax(raw, 0), 128)),
    good: gather(({ b }, raw) => b.indexMin(b.indexMax(raw, 0), 127)),
    parameter: 0,
    region: "x",
    reaches: [0, 516],
  },
  {
    name: "unlimited lanes of indices",
    bad: gatherLanes((_, raw) => raw),
    good: gatherLanes((b, raw) => b.intMin(b.intMax(raw, 0), 127)),
    parameter: 0,
    region: "x",
  },
  {
    name: "lanes of indices with a limit that is too high",
    bad: gatherLanes((b, raw) => b.intAdd(b.intAnd(raw, 127), 1)),
    good: gatherLanes((b, raw) => b.intAnd(raw, 127)),
    parameter: 0,
    region: "x",
    reaches: [4, 516],
  },
  {
    name: "working memory beyond the thread's own part",
    bad: ownMemory(0, 17),
    good: ownMemory(0, 16),
    parameter: 2,
    region: "scratch, one thread's part",
    reaches: [0, 1088],
  },
  {
    name: "working memory of the previous thread",
    bad: ({ b, scratch, stride, thread }) =>
      b.load(b.indexSub(b.indexAdd(scratch, b.indexMul(thread, stride)), 64) as Register),
    good: ({ b, scratch, stride, thread }) => b.load(b.indexAdd(scratch, b.indexMul(thread, stride)) as Register),
    parameter: 2,
    region: "scratch",
  },
  {
    name: "an address that a branch may move too far",
    bad: ({ b, x, end }) => {
      const at = b.indexVariable(x);
      b.ifLess(end, 50, () => b.indexAddInto(at, 512));
      b.load(at);
    },
    good: ({ b, x, end }) => {
      const at = b.indexVariable(x);
      b.ifLess(end, 50, () => b.indexAddInto(at, 448));
      b.load(at);
    },
    parameter: 0,
    region: "x",
    reaches: [0, 576],
  },
  {
    name: "a pointer that an inner loop moves in every iteration of the outer one",
    bad: ({ b, x }) => {
      const at = b.indexVariable(x);
      b.loop(0, 10, 1, () =>
        b.loop(0, 13, 1, () => {
          b.loadSplat(at);
          b.indexAddInto(at, 4);
        }),
      );
    },
    good: ({ b, x }) => {
      const at = b.indexVariable(x);
      b.loop(0, 10, 1, () => {
        b.loop(0, 13, 1, () => {
          b.loadSplat(at);
          b.indexAddInto(at, 4);
        });
        b.indexAddInto(at, -4);
      });
    },
    parameter: 0,
    region: "x",
    reaches: [0, 520],
  },
];

for (const { name, bad, good, parameter, region, reaches } of faults) {
  test(`rejected: ${name}`, () => {
    const error = refusal(kernel(bad));
    assert.ok(error, "the bad program is accepted");
    assert.equal(error.values.parameter, parameter);
    assert.equal(error.values.call, "a call");
    assert.equal(error.values.function, "kernel");
    assert.equal(error.values.region, region);
    const start = [X, Y, SCRATCH][parameter] as number;
    if (reaches) {
      assert.deepEqual([(error.values.from as number) - start, (error.values.to as number) - start], reaches);
    }
    assert.equal(refusal(kernel(good)), undefined, "the repaired program is rejected");
  });
}

test("a call's addresses: each must lie in a region that covers all accesses through it", () => {
  const code = kernel(copy({}));
  assert.equal(refusal(code), undefined);
  const beyond = [X - 4, X + BYTES, Y + 128, SCRATCH + 3 * 1024 - 64, 0];
  for (const address of beyond) {
    assert.equal(refusal(code, { addresses: [address, Y, SCRATCH, 1024] })?.values.parameter, 0, `${address}`);
  }
  assert.equal(
    refusal(code, { addresses: [SCRATCH + 64, Y, SCRATCH, 1024] }),
    undefined,
    "another region that is large enough",
  );
  // a parameter without accesses may have any value
  assert.equal(refusal(code, { addresses: [X, Y, 0, -1] }), undefined);
});

test("calls that share a function: the first with too little room is named, with the tightest bounds", () => {
  const code = kernel(copy({}));
  const { lanes, functions, calls } = programOf(code);
  const call = (label: string, x: number): KernelCall => ({
    ...(calls[0] as KernelCall),
    label,
    addresses: [x, Y, SCRATCH, 1024],
  });
  const program = (...list: readonly KernelCall[]) => ({ lanes, functions, calls: list });
  const fitting = [call("whole", X), call("to the end", X + 64), call("elsewhere", SCRATCH)];
  verifyBounds(program(...fitting), regions, 3);
  assert.throws(
    () => verifyBounds(program(...fitting, call("late", X + 128), call("later", X + 192)), regions, 3),
    (error) => {
      assert.ok(error instanceof GradusError && error.code === "out-of-plan");
      const { call: label, parameter, from, to } = error.values;
      assert.deepEqual([label, parameter, from, to], ["late", 0, X + 128, X + 128 + 448]);
      return true;
    },
  );
});

test("adjacent regions are separate: an access must not run from one into the other", () => {
  const code = kernel(({ b, x }) => b.load(x, 32));
  const parts = [
    { name: "left", start: X, bytes: 64 },
    { name: "right", start: X + 64, bytes: 64 },
  ];
  assert.throws(() => verifyBounds(programOf(code), parts, 1), { code: "out-of-plan" });
  verifyBounds(programOf(code), [{ name: "whole", start: X, bytes: 128 }], 1);
});

test("working memory: every thread's part must lie in the region", () => {
  const code = kernel(ownMemory(0, 16));
  for (const threads of [1, 2, 3]) assert.equal(refusal(code, {}, threads), undefined);
  assert.ok(refusal(code, {}, 4), "there is room for three");
  assert.ok(refusal(code, { addresses: [X, Y, SCRATCH, 1023] }), "parts are too short");
  assert.ok(refusal(code, { addresses: [X, Y, SCRATCH, 2048] }), "parts are too far apart");
  assert.ok(refusal(code, { addresses: [X, Y, SCRATCH, -1024] }), "parts go down");
});

test("an address that comes from no parameter, from two, or from a multiple of one is rejected", () => {
  const bad: readonly ((kernel: Kernel) => Index)[] = [
    () => X,
    ({ begin }) => begin,
    ({ b, x, y }) => b.indexAdd(x, y),
    ({ b, x }) => b.indexMul(x, 2),
    ({ b, x, thread }) => b.indexMul(x, thread),
    ({ b, x, y }) => b.indexMin(x, y),
    ({ b, x, y }) => {
      const at = b.indexVariable(x);
      b.loop(0, 2, 1, () => b.indexAssign(at, y));
      return at;
    },
  ];
  for (const address of bad) {
    const error = refusal(kernel((parts) => parts.b.load(parts.b.indexVariable(address(parts)))));
    assert.ok(error, address.toString());
  }
});

test("code that never runs is ignored", () => {
  const code = kernel(({ b, x, begin, end }) => {
    b.loop(end, begin, 1, () => b.load(x, 4096));
    b.ifLess(
      begin,
      end,
      () => {},
      () => b.load(x, 4096),
    );
    b.loop(0, b.indexMin(begin, 0), 1, () => b.load(x, 4096));
  });
  assert.equal(refusal(code), undefined);
  assert.equal(
    refusal(
      kernel(({ b, x }) => b.load(x, 4096)),
      { items: 0 },
    ),
    undefined,
    "a call without work",
  );
});

test("regions must be sorted without overlaps; a loop's body must not write its counter", () => {
  const program = programOf(kernel(copy({})));
  assert.throws(() => verifyBounds(program, [...regions].reverse(), 1), { code: "bad-argument" });
  const index = (id: number): Register => ({ id, kind: "index" });
  const broken: VectorFunction = {
    name: "broken",
    parameters: [0, 1, 2, 3, 4, 5, 6].map(index),
    registerCount: 8,
    body: [
      {
        op: "loop",
        counter: index(7),
        from: 0,
        to: 4,
        step: 1,
        body: [{ op: "index", kind: "sub", to: index(7), a: index(7), b: 1 }],
      },
    ],
  };
  assert.throws(() => verifyBounds(programOf(broken), regions, 1), { code: "bad-argument" });
});
