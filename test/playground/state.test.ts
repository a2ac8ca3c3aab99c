import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { signal } from "@preact/signals";
import { keepAddress } from "../../apps/parts/src/page/address.ts";
import type { Block, PlaygroundConfig } from "../../apps/playground/src/config/config.ts";
import { DEFAULT_BLOCK, DEFAULT_CONFIG, DEFAULT_NETWORK } from "../../apps/playground/src/config/defaults.ts";
import { dataNamed, withData } from "../../apps/playground/src/state/edit-data.ts";
import {
  asKind,
  insertBlock,
  moveBlock,
  removeBlock,
  withDepth,
  withSharedForAll,
} from "../../apps/playground/src/state/edit-network.ts";
import { createEdits } from "../../apps/playground/src/state/edits.ts";
import { grouped } from "../../apps/playground/src/state/grouped-differences.ts";

const units = (count: number): Block => ({ ...DEFAULT_BLOCK, units: count });
const network = (...sizes: readonly number[]) => ({ ...DEFAULT_NETWORK, blocks: sizes.map(units) });
const sizesOf = ({ blocks }: { readonly blocks: readonly Block[] }) =>
  blocks.map((block) => ("units" in block ? block.units : block.kind));

describe("edits of a network", () => {
  test("insert, move and remove blocks", () => {
    assert.deepEqual(sizesOf(insertBlock(network(1, 2), 0, units(9))), [1, 9, 2]);
    assert.deepEqual(sizesOf(moveBlock(network(1, 2, 3), 2, -1)), [1, 3, 2]);
    assert.deepEqual(sizesOf(removeBlock(network(1, 2, 3), 1)), [1, 3]);
  });

  test("keep one block, and at most 40", () => {
    const one = network(1);
    assert.equal(removeBlock(one, 0), one);
    const full = withDepth(one, 0, 1000);
    assert.equal(full.blocks.length, 40);
    assert.equal(insertBlock(full, 0, units(1)), full);
  });

  test("stay as they are at either end", () => {
    const three = network(1, 2, 3);
    assert.equal(moveBlock(three, 0, -1), three);
    assert.equal(moveBlock(three, 2, 1), three);
  });

  test("depth repeats the selected block and takes its copies away first", () => {
    const deep = withDepth(network(1, 2, 3), 1, 6);
    assert.deepEqual(sizesOf(deep), [1, 2, 2, 2, 2, 3]);
    assert.deepEqual(sizesOf(withDepth(deep, 3, 3)), [1, 2, 3]);
    assert.deepEqual(sizesOf(withDepth(deep, 1, 1)), [1]);
  });

  test("another kind keeps what both kinds have", () => {
    const dense: Block = { ...DEFAULT_BLOCK, units: 24, activation: "tanh", dropout: 0.5 };
    assert.deepEqual(asKind(dense, "gru"), { kind: "gru", units: 24, init: { type: "auto" }, dropout: 0.5 });
    assert.deepEqual(asKind(dense, "conv"), {
      kind: "conv",
      filters: 24,
      kernel: 3,
      activation: "tanh",
      init: { type: "auto" },
      norm: "none",
      dropout: 0.5,
      skip: false,
    });
    assert.deepEqual(asKind(dense, "maxPool"), { kind: "maxPool", size: 2 });
  });

  test("a field for all layers reaches those that have it", () => {
    const mixed = { ...DEFAULT_NETWORK, blocks: [DEFAULT_BLOCK, asKind(DEFAULT_BLOCK, "maxPool")] };
    const changed = withSharedForAll(mixed, { activation: "sigmoid" });
    assert.deepEqual(changed.blocks, [
      { ...DEFAULT_BLOCK, activation: "sigmoid" },
      { kind: "maxPool", size: 2 },
    ]);
  });
});

describe("edits of the data", () => {
  test("another data set of the same kind keeps noise, samples and seed", () => {
    const noisy = { name: "circles", samples: 321, noise: 0.7, testShare: 0.4, seed: 9 } as const;
    assert.deepEqual(dataNamed("moons", noisy), { ...noisy, name: "moons" });
  });

  test("a network that cannot read the samples gets other blocks, and a loss that fits", () => {
    const changed = withData(
      { ...DEFAULT_CONFIG, networks: [{ ...DEFAULT_NETWORK, loss: "softmaxCrossEntropy" }] },
      dataNamed("sine", DEFAULT_CONFIG.data),
    );
    const [{ blocks, loss, optimizer }] = changed.networks;
    assert.equal(blocks[0]?.kind, "gru");
    assert.equal(loss, "auto");
    assert.deepEqual(optimizer, DEFAULT_NETWORK.optimizer);
  });

  test("dense blocks read pictures, and stay", () => {
    const changed = withData(DEFAULT_CONFIG, dataNamed("mnist", DEFAULT_CONFIG.data));
    assert.deepEqual(changed.networks[0].blocks, DEFAULT_NETWORK.blocks);
  });
});

describe("undo and redo", () => {
  test("a slider that is dragged is one edit; a pause or another control begins the next", () => {
    let now = 0;
    const edits = createEdits<number>(() => now);
    edits.record(1, "rate");
    now = 500;
    edits.record(2, "rate");
    now = 2000;
    edits.record(3, "rate");
    edits.record(4, "depth");
    assert.equal(edits.undo(5), 4);
    assert.equal(edits.undo(4), 3);
    assert.equal(edits.undo(3), 1);
    assert.equal(edits.undo(1), undefined);
    assert.equal(edits.redo(1), 3);
    assert.equal(edits.canUndo.value, true);
    edits.record(3, "seed");
    assert.equal(edits.canRedo.value, false);
  });
});

describe("differences", () => {
  test("the same in neighbouring layers are one", () => {
    const found = [0, 1, 2, 4].map((index) => ({ path: `blocks.${index}.activation`, a: "relu", b: "tanh" }));
    const rate = { path: "optimizer.learningRate", a: 1, b: 2 };
    assert.deepEqual(
      grouped([...found, rate]).map(({ path, layers }) => layers ?? path),
      [[0, 2], [4, 4], "optimizer.learningRate"],
    );
  });
});

describe("the address", () => {
  test("is written after a change, and read when someone writes another", () => {
    const config = signal<PlaygroundConfig>(DEFAULT_CONFIG);
    const tasks: (() => void)[] = [];
    const read: string[] = [];
    const location = { hash: "#first", href: "http://host/#first" };
    let changed = () => {};
    const bar = {
      location,
      history: {
        replaceState(_data: unknown, _unused: string, url: string) {
          location.hash = url;
        },
      },
      addEventListener(_type: "hashchange", listener: () => void) {
        changed = listener;
      },
    };
    const stop = keepAddress({
      value: config,
      bar,
      encode: ({ epochs }) => `epochs=${epochs}`,
      onOther: (fragment) => read.push(fragment),
      later(task) {
        tasks.push(task);
        return () => tasks.splice(tasks.indexOf(task), 1);
      },
    });
    assert.equal(tasks.length, 0);
    config.value = { ...DEFAULT_CONFIG, epochs: 7 };
    config.value = { ...DEFAULT_CONFIG, epochs: 8 };
    assert.equal(tasks.length, 1);
    tasks[0]?.();
    assert.equal(location.hash, "#epochs=8");
    changed();
    assert.deepEqual(read, []);
    location.hash = "#other";
    changed();
    assert.deepEqual(read, ["other"]);
    stop();
  });
});
