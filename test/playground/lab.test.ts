import assert from "node:assert/strict";
import { after, describe, test } from "node:test";
import { type Backend, decodeModel, openBackend } from "gradus";
import type { Block, PlaygroundConfig } from "../../apps/playground/src/config/config.ts";
import { DEFAULT_BLOCK } from "../../apps/playground/src/config/defaults.ts";
import type { ChangeMark, NetworkFrame } from "../../apps/playground/src/lab/protocol.ts";
import { Bench, SMALL } from "./lab-support.ts";

const benches: Bench[] = [];
function bench(backend?: Backend): Bench {
  const made = new Bench(backend);
  benches.push(made);
  return made;
}
after(() => Promise.all(benches.map(({ lab }) => lab.dispose())));

/** Changes the settings. @returns the mark of the first network. */
async function changed(lab: Bench, config: PlaygroundConfig): Promise<ChangeMark | undefined> {
  const from = lab.messages.length;
  await lab.rest({ type: "change", config });
  const message = lab.messages.slice(from).find(({ type }) => type === "changed");
  assert.ok(message?.type === "changed", JSON.stringify(lab.messages.at(-1)));
  return message.marks[0];
}

describe("lab", () => {
  test("sets up, steps one by one, trains to the end of an epoch, and to the end", async () => {
    const lab = bench();
    const ready = await lab.setUp(SMALL);
    assert.equal(ready.backend, "wasm");
    assert.equal(ready.data.plane?.train.length, 180);
    assert.equal(ready.networks[0]?.stepsPerEpoch, 3);
    assert.deepEqual(
      ready.networks[0]?.layers.map(({ type, block }) => [type, block]),
      [
        ["linear", 0],
        ["relu", 0],
        ["linear", undefined],
      ],
    );
    let [frame] = await lab.rest({ type: "step", count: 1 });
    assert.equal(frame?.step, 1);
    assert.equal(lab.joined().readings.length, 1);
    [frame] = await lab.rest({ type: "step", count: 1 });
    assert.equal(frame?.step, 2);
    [frame] = await lab.rest({ type: "epoch" });
    assert.deepEqual([frame?.step, frame?.epoch], [3, 1]);
    const [over] = await lab.rest({ type: "play" });
    assert.deepEqual([over?.step, over?.epoch, over?.hasFinished], [18, 6, true]);
    const { losses, epochs, readings } = lab.joined();
    assert.deepEqual(
      losses.map(({ step }) => step),
      Array.from({ length: 18 }, (_, index) => index + 1),
    );
    assert.deepEqual(
      epochs.map(({ epoch }) => epoch),
      [1, 2, 3, 4, 5, 6],
    );
    assert.ok(epochs.every(({ validationAccuracy }) => validationAccuracy !== undefined));
    assert.deepEqual(Object.keys(readings[0]?.layers ?? {}), ["0", "1", "2"]);
    // nothing is left to do
    const [still] = await lab.rest({ type: "play" });
    assert.equal(still?.step, 18);
  });
});

const layersOf = (frame: NetworkFrame | undefined) => Object.keys(frame?.histograms ?? {});

describe("changes in the middle of a run", () => {
  test("the rate alone: the same run goes on, with its moments", async () => {
    const lab = bench();
    await lab.setUp(SMALL);
    await lab.rest({ type: "step", count: 4 });
    const [network] = SMALL.networks;
    const optimizer = { ...network.optimizer, learningRate: 0.002 };
    const mark = await changed(lab, { ...SMALL, networks: [{ ...network, optimizer }] });
    assert.deepEqual(mark, {
      network: 0,
      step: 4,
      epoch: 1,
      paths: ["optimizer.learningRate"],
      keepsMoments: true,
      newLayers: [],
    });
    const [frame] = await lab.rest({ type: "step", count: 1 });
    assert.equal(frame?.step, 5);
  });

  test("a block more: weights of the others stay, steps and epochs go on", async () => {
    const lab = bench();
    await lab.setUp(SMALL);
    const [network] = SMALL.networks;
    const block = network.blocks[0] as Block;
    await lab.rest({ type: "play" });
    const before = lab.joined().epochs.at(-1)?.validationLoss as number;
    const two = {
      ...SMALL,
      epochs: 7,
      networks: [{ ...network, blocks: [block, { ...DEFAULT_BLOCK, units: 9 }] }],
    } as const;
    const mark = await changed(lab, two);
    assert.deepEqual([mark?.keepsMoments, mark?.newLayers, mark?.step, mark?.epoch], [false, ["2", "4"], 18, 6]);
    const [grown] = await lab.rest({ type: "play" });
    assert.deepEqual([grown?.step, grown?.epoch, grown?.hasFinished], [21, 7, true]);
    // dropout has no weights: everything stays, and the loss goes on from where it was
    const dropping = { ...SMALL, epochs: 7, networks: [{ ...network, blocks: [{ ...block, dropout: 0.1 }] }] } as const;
    const other = bench();
    await other.setUp(SMALL);
    await other.rest({ type: "play" });
    assert.deepEqual((await changed(other, dropping))?.newLayers, []);
    const from = other.messages.length;
    await other.rest({ type: "epoch" });
    const after = other.joined(0, from).epochs[0]?.validationLoss as number;
    assert.ok(Math.abs(after - before) < 0.2, `${before} ${after}`);
  });

  test("more epochs: a run that has finished goes on, without a mark if no schedule depends on them", async () => {
    const lab = bench();
    await lab.setUp(SMALL);
    await lab.rest({ type: "play" });
    assert.equal(await changed(lab, { ...SMALL, epochs: 8 }), undefined);
    const [frame] = await lab.rest({ type: "play" });
    assert.deepEqual([frame?.epoch, frame?.step, frame?.hasFinished], [8, 24, true]);
    const longer = bench();
    const cosine = { ...SMALL, networks: [{ ...SMALL.networks[0], schedule: "cosine" }] } as const;
    await longer.setUp(cosine);
    await longer.rest({ type: "play" });
    assert.deepEqual((await changed(longer, { ...cosine, epochs: 8 }))?.paths, ["epochs"]);
    const [end] = await longer.rest({ type: "play" });
    assert.deepEqual([end?.epoch, end?.step, end?.hasFinished], [8, 24, true]);
  });

  test("what cannot be built is refused, and the run stays as it was", async () => {
    const lab = bench();
    await lab.setUp(SMALL);
    await lab.rest({ type: "step", count: 2 });
    const absurd = new Array<Block>(40).fill({ ...DEFAULT_BLOCK, units: 100_000 });
    const from = lab.messages.length;
    lab.send({ type: "change", config: { ...SMALL, networks: [{ ...SMALL.networks[0], blocks: absurd }] } });
    const message = await lab.until(({ type }) => type === "refused", from);
    assert.ok(message.type === "refused" && message.error.code === "limit-exceeded");
    assert.ok((message.error.values.parameters as number) > 3.8e11);
    const [frame] = await lab.rest({ type: "step", count: 1 });
    assert.equal(frame?.step, 3);
  });
});

describe("two networks", () => {
  const [network] = SMALL.networks;
  test("go in lockstep, the same where they do not differ", async () => {
    const lab = bench();
    await lab.setUp({ ...SMALL, networks: [network, network] });
    const frames = await lab.rest({ type: "step", count: 7 });
    assert.deepEqual(
      frames.map(({ step }) => step),
      [7, 7],
    );
    assert.deepEqual(lab.joined(0).losses, lab.joined(1).losses);
  });

  test("one explodes, the other goes on; a change begins the first anew", async () => {
    const lab = bench();
    const wild = { ...network, optimizer: { type: "sgd", learningRate: 1e30 } } as const;
    const pair = { ...SMALL, networks: [wild, network] } as const;
    await lab.setUp(pair);
    const [failed, well] = await lab.rest({ type: "play" });
    assert.ok(failed?.failure !== undefined && failed.failure.step >= 1 && failed.failure.tensor !== "");
    assert.equal(failed.hasFinished, true);
    assert.deepEqual([well?.epoch, well?.failure], [6, undefined]);
    assert.ok(lab.joined(0).losses.some(({ loss }) => Number.isNaN(loss)));
    const findings = lab.messages.flatMap((each) => (each.type === "frame" ? [each.networks[0]?.findings ?? []] : []));
    assert.ok(findings.flat().length > 0, "the doctor says something");
    const [still] = await lab.rest({ type: "play" });
    assert.equal(still?.step, failed.step);
    const mark = await changed(lab, { ...pair, networks: [network, network] });
    assert.deepEqual(mark?.newLayers, ["0", "2"]);
    const [cured] = await lab.rest({ type: "play" });
    assert.deepEqual([cured?.failure, cured?.epoch], [undefined, 6]);
  });
});

describe("views", () => {
  test("a plane, histograms of every layer, only where they are looked at", async () => {
    const lab = bench();
    await lab.setUp(SMALL);
    const [blind] = await lab.rest({ type: "step", count: 1 });
    assert.deepEqual([blind?.output, blind?.histograms], [undefined, undefined]);
    const [seen] = await lab.rest({ type: "look", views: { output: true, layers: true } });
    assert.ok(seen?.output?.kind === "plane");
    assert.equal(seen.output.values.length, seen.output.size ** 2);
    for (const value of seen.output.values) assert.ok(value % 1 >= 0.49 && value < 2);
    assert.deepEqual(layersOf(seen), ["0", "1", "2"]);
    const { counts, low } = seen.histograms?.["1"] ?? { counts: [], low: 1 };
    assert.equal(low, 0);
    assert.equal(
      counts.reduce((sum, count) => sum + count, 0),
      90 * 8,
    );
    assert.equal(seen.filters, undefined);
  });

  test("pictures: those that are taken for others, and the first layer's weights", async () => {
    const lab = bench();
    const blocks: readonly Block[] = [
      { ...DEFAULT_BLOCK, kind: "conv", filters: 3, kernel: 5 } as Block,
      { kind: "maxPool", size: 4 },
    ];
    const data = { name: "mnist", samples: 64, testSamples: 32 } as const;
    await lab.setUp({ ...SMALL, data, epochs: 1, networks: [{ ...SMALL.networks[0], blocks }] });
    lab.send({ type: "look", views: { output: true, layers: true } });
    await lab.rest({ type: "epoch" });
    const frame = lab.lastShown();
    assert.ok(frame?.output?.kind === "pictures");
    const { wrong, wrongCount } = frame.output;
    assert.ok(wrongCount > 0 && wrong.length === Math.min(12, wrongCount));
    assert.equal(wrong[0]?.pixels.length, 784);
    assert.notEqual(wrong[0]?.label, wrong[0]?.predicted);
    assert.deepEqual([frame.filters?.count, frame.filters?.height, frame.filters?.width], [3, 5, 5]);
  });

  test("sequences: targets and predictions", async () => {
    const lab = bench();
    const blocks: readonly Block[] = [{ kind: "gru", units: 4, init: { type: "auto" }, dropout: 0 }];
    const data = { name: "sine", samples: 60, length: 8, noise: 0, testShare: 0.2, seed: 1 } as const;
    await lab.setUp({ ...SMALL, data, networks: [{ ...SMALL.networks[0], blocks }] });
    lab.send({ type: "look", views: { output: true, layers: false } });
    await lab.rest({ type: "step", count: 1 });
    const frame = lab.lastShown();
    assert.ok(frame?.output?.kind === "values");
    assert.equal(frame.output.targets.length, 12);
    assert.ok(frame.output.predictions.every(Number.isFinite));
  });
});

test("a checkpoint is a model with its weights", async () => {
  const lab = bench();
  await lab.setUp(SMALL);
  await lab.rest({ type: "step", count: 3 });
  const from = lab.messages.length;
  await lab.rest({ type: "export", network: 0 });
  const message = lab.messages.slice(from).find(({ type }) => type === "model");
  assert.ok(message?.type === "model");
  const { model, state } = decodeModel(message.bytes);
  assert.deepEqual(model.inputShape, [2]);
  assert.ok("0" in state.parameters);
});

test("a slow pace, and a pause in the middle of it", async () => {
  const lab = bench();
  await lab.setUp(SMALL);
  const from = lab.messages.length;
  lab.send({ type: "play", stepsPerSecond: 20 });
  await lab.until((message) => message.type === "frame" && message.isPlaying, from);
  const [frame] = await lab.rest({ type: "pause" });
  assert.ok(frame !== undefined && frame.step > 0 && frame.step < 18);
  assert.equal(frame.hasFinished, false);
  // slow steps are all read
  const { losses, readings } = lab.joined(0, from);
  assert.equal(readings.length, losses.length);
});

test("what is wrong with the samples or a file is refused, and the next set-up works", async () => {
  const lab = bench();
  const refusal = async (data: PlaygroundConfig["data"]) => {
    const from = lab.messages.length;
    await lab.rest({ type: "setUp", config: { ...SMALL, data } });
    const message = lab.messages.slice(from).find(({ type }) => type === "refused");
    return message?.type === "refused" ? message.error.code : undefined;
  };
  assert.equal(await refusal({ name: "csv", file: "a.csv", testShare: 0.2, seed: 1 }), "bad-argument");
  assert.equal(await refusal({ name: "spirals", samples: 3, noise: 0, testShare: 0.9, seed: 1 }), "bad-argument");
  assert.equal((await lab.setUp(SMALL)).networks.length, 1);
});

/** A backend that counts the arrays and programs that are in use. */
async function counting(): Promise<{ readonly backend: Backend; readonly inUse: () => number }> {
  const backend = await openBackend({ backend: "wasm", threads: 1 });
  let count = 0;
  const counted = <Item extends { dispose(): void }>(item: Item): Item => {
    const dispose = item.dispose.bind(item);
    let isOpen = true;
    count++;
    item.dispose = () => {
      if (isOpen) count--;
      isOpen = false;
      dispose();
    };
    return item;
  };
  return {
    backend: {
      ...backend,
      allocate: (shape, dtype) => counted(backend.allocate(shape, dtype)),
      compile: async (graph, states) => counted(await backend.compile(graph, states)),
    },
    inUse: () => count,
  };
}

test("set-ups, changes and failures leave no array and no program on the backend", async () => {
  const { backend, inUse } = await counting();
  const lab = bench(backend);
  lab.send({ type: "look", views: { output: true, layers: true } });
  const [network] = SMALL.networks;
  await lab.setUp(SMALL);
  await lab.rest({ type: "step", count: 1 });
  const one = inUse();
  assert.ok(one > 0);
  for (let time = 0; time < 5; time++) {
    await lab.setUp(SMALL);
    await lab.rest({ type: "step", count: 1 });
    assert.equal(inUse(), one);
    await changed(lab, { ...SMALL, networks: [{ ...network, l2: 0.01 * (time + 1) }] });
    await lab.rest({ type: "step", count: 1 });
    assert.equal(inUse(), one);
  }
  await lab.lab.dispose();
  assert.equal(inUse(), 0);
});
