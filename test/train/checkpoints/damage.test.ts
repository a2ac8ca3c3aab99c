import assert from "node:assert/strict";
import { describe, it, type TestContext } from "node:test";
import fc from "fast-check";
import { GradusError } from "../../../src/core/errors.ts";
import { encodeCheckpoint } from "../../../src/io/checkpoint.ts";
import { encodeNpy } from "../../../src/io/npy.ts";
import { encodeModel } from "../../../src/train/checkpoint.ts";
import { checkpointsAmong } from "../../../src/train/checkpoints/checkpoints.ts";
import { decodeRun, encodeRun } from "../../../src/train/checkpoints/run-file.ts";
import { fit } from "../../../src/train/fit.ts";
import { leftBy } from "../../support/left-by.ts";
import { type MemoryStore, memoryStore } from "../../support/memory-store.ts";
import { classifier, clouds, tiny } from "../tiny.ts";

const model = classifier();
const options = { ...tiny, data: clouds(), validationSplit: 0.2, earlyStopping: { patience: 2 } };

/** A store with checkpoints after steps 2, 4, …; the training has six steps. */
async function trained(): Promise<MemoryStore> {
  const store = memoryStore();
  await fit(model, { ...options, checkpoint: { store, every: 2 } });
  return store;
}

const steps = ({ files }: MemoryStore) =>
  checkpointsAmong([...files.keys()]).filter((name) => name !== "best.safetensors");
const newestOf = (store: MemoryStore) => steps(store).sort().at(-1) as string;

/** What a reader of a damaged file may say. */
const REFUSALS = ["checksum-mismatch", "truncated-file", "bad-data", "limit-exceeded"];

/** @returns whether the bytes were refused; if not, they must hold the very same run. */
async function isRefused(bytes: Uint8Array, whole: Uint8Array): Promise<boolean> {
  try {
    assert.deepEqual(await encodeRun(await decodeRun(bytes, "damaged")), whole);
    return false;
  } catch (error) {
    assert.ok(error instanceof GradusError, String(error));
    assert.ok(REFUSALS.includes(error.code), error.message);
    return true;
  }
}

function flipped(bytes: Uint8Array, bit: number): Uint8Array {
  const copy = bytes.slice();
  copy[bit >> 3] = (copy[bit >> 3] as number) ^ (1 << (bit & 7));
  return copy;
}

/** The lines that go to the error stream. */
function warnings(context: TestContext): readonly string[] {
  const lines: string[] = [];
  context.mock.method(console, "error", (line: string) => lines.push(line));
  return lines;
}

describe("the bytes of a run", () => {
  it("come back as they were", async () => {
    const store = await trained();
    for (const name of steps(store)) {
      const bytes = store.files.get(name) as Uint8Array;
      assert.equal(await isRefused(bytes, bytes), false);
    }
  });

  it("are refused where any one bit is another", async () => {
    const store = await trained();
    const whole = store.files.get(newestOf(store)) as Uint8Array;
    const headerBytes = Number(new DataView(whole.buffer).getBigUint64(0, true));
    // the length, the header with its metadata, the arrays
    const parts = [
      [0, 8],
      [8, 8 + headerBytes],
      [8 + headerBytes, whole.length],
    ] as const;
    const bits = fc.oneof(...parts.map(([from, end]) => fc.integer({ min: 8 * from, max: 8 * end - 1 })));
    await fc.assert(
      fc.asyncProperty(bits, async (bit) => assert.ok(await isRefused(flipped(whole, bit), whole), `bit ${bit}`)),
      { numRuns: 400 },
    );
  });

  it("are refused where they were cut, wherever", async () => {
    const store = await trained();
    const whole = store.files.get(newestOf(store)) as Uint8Array;
    for (let length = 0; length < whole.length; length += 64) {
      assert.ok(await isRefused(whole.subarray(0, length), whole), `${length} bytes`);
    }
    assert.ok(await isRefused(Uint8Array.from([...whole, 0]), whole), "a byte too many");
  });

  it("are refused where an array has another shape or type of the same size", async () => {
    const store = await trained();
    const whole = store.files.get(newestOf(store)) as Uint8Array;
    const text = Buffer.from(whole).toString("latin1");
    const [was = "", rows, columns] = /"dtype":"F64","shape":\[(\d+),(\d+)\]/.exec(text) ?? [];
    const turned = was.replace(`${rows},${columns}`, `${columns},${rows}`);
    assert.notEqual(turned, was);
    for (const changed of [was.replace("F64", "U64"), turned]) {
      assert.ok(await isRefused(Buffer.from(text.replace(was, changed), "latin1"), whole), changed);
    }
  });

  it("hold settings that JSON has no number for", async () => {
    const store = memoryStore();
    const strange = classifier([
      { type: "linear", units: 6 },
      { type: "leakyRelu", slope: -0 },
    ]);
    const lasting = { ...options, earlyStopping: { minDelta: -0 }, checkpoint: { store }, resume: true };
    await fit(strange, { ...lasting, epochs: 1 });
    let changes: unknown;
    const result = await fit(strange, {
      ...lasting,
      epochs: 2,
      callbacks: [
        {
          runStarted: ({ resumed }) => {
            changes = resumed?.changes;
          },
        },
      ],
    });
    assert.equal(result.history.length, 2);
    assert.deepEqual(changes, { epochs: { from: 1, to: 2 } });
  });
});

describe("a damaged checkpoint", () => {
  const ways: Readonly<Record<string, (whole: Uint8Array) => Uint8Array | Promise<Uint8Array>>> = {
    "a bit of its arrays": (whole) => flipped(whole, 8 * whole.length - 5),
    "cut in half": (whole) => whole.subarray(0, whole.length / 2),
    empty: () => new Uint8Array(),
    "zeros, as after a loss of power": (whole) => new Uint8Array(whole.length),
    text: () => new TextEncoder().encode("step,loss\n1,2\n"),
    "a NumPy file": () => encodeNpy({ shape: [2], data: Float32Array.of(1, 2) }),
    "a model without its run": () => encodeModel({ model, state: model.initialize(1) }),
    "a checkpoint without metadata": () => encodeCheckpoint({ arrays: new Map(), metadata: null }),
  };
  for (const [name, damage] of Object.entries(ways)) {
    it(`${name}: it is named, and the one before it is taken`, async (context) => {
      const expected = await leftBy(await fit(model, options));
      const store = await trained();
      const newest = newestOf(store);
      store.files.set(newest, await damage(store.files.get(newest) as Uint8Array));
      const lines = warnings(context);
      let resumedAt: number | undefined;
      const result = await fit(model, {
        ...options,
        checkpoint: { store, every: 2 },
        resume: true,
        callbacks: [
          {
            runStarted: ({ resumed }) => {
              resumedAt = resumed?.step;
            },
          },
        ],
      });
      assert.equal(resumedAt, expected.steps - (expected.steps % 2 === 0 ? 2 : 1));
      assert.equal(lines.length, 1);
      assert.ok(lines[0]?.includes(`memory/${newest}`), lines[0]);
      assert.deepEqual(await leftBy(result), expected);
      // and it is whole again
      await decodeRun(store.files.get(newest) as Uint8Array, newest);
    });
  }

  it("is an error that names them where all are damaged", async (context) => {
    const store = await trained();
    const names = steps(store).sort().reverse();
    for (const name of names) store.files.set(name, flipped(store.files.get(name) as Uint8Array, 8 * 500));
    const lines = warnings(context);
    await assert.rejects(fit(model, { ...options, checkpoint: { store }, resume: true }), (error: GradusError) => {
      assert.deepEqual([error.code, error.values], ["checksum-mismatch", { place: "memory", damaged: names }]);
      assert.ok(names.every((name) => error.message.includes(name)));
      return true;
    });
    assert.equal(lines.length, names.length);
  });

  it("is no file that cannot be read for the moment: that ends the attempt", async () => {
    const store = await trained();
    const locked = {
      ...store,
      read: () => {
        throw new GradusError("io-error", "permission denied", { reason: "EACCES" });
      },
    };
    await assert.rejects(fit(model, { ...options, checkpoint: { store: locked }, resume: true }), { code: "io-error" });
  });
});
