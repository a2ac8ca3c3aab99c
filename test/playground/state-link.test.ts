import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { signal } from "@preact/signals";
import type { PlaygroundConfig } from "../../apps/playground/src/config/config.ts";
import { DEFAULT_CONFIG, DEFAULT_NETWORK } from "../../apps/playground/src/config/defaults.ts";
import type { Command, Message, NetworkFrame } from "../../apps/playground/src/lab/protocol.ts";
import { createPlayground } from "../../apps/playground/src/state/playground.ts";

const VIEW = { layers: [], parameterCount: 10, stepsPerEpoch: 5 };
const refuse = () => Promise.reject(new Error("no doctor in this test"));

/** A playground whose worker is the test. */
function opened(config: PlaygroundConfig = DEFAULT_CONFIG) {
  const sent: Command[] = [];
  let say: (message: Message) => void = () => {};
  const playground = createPlayground({
    config,
    theme: signal("auto"),
    now: () => 0,
    address: () => "",
    prover: { connect: refuse, trainingOf: refuse, prescribe: refuse },
    createLab(onMessage) {
      say = onMessage;
      return { send: (command) => sent.push(command), dispose() {} };
    },
  });
  const taken = () => sent.splice(0);
  const ready = () =>
    say({
      type: "ready",
      data: {
        name: "spirals",
        kind: "plane",
        task: "classification",
        inputShape: [2],
        trainSamples: 1,
        testSamples: 1,
      },
      networks: playground.store.config.value.networks.map(() => VIEW),
      backend: "wasm",
      threads: 2,
      description: "",
      findings: [],
    });
  const frame = (fields: Partial<NetworkFrame> = {}, isPlaying = true) => {
    const whole = { step: 1, epoch: 0, losses: [], epochs: [], readings: [], stepsPerSecond: 1, hasFinished: false };
    say({ type: "frame", networks: [{ ...whole, ...fields }], isPlaying });
  };
  return { ...playground, say: (message: Message) => say(message), taken, ready, frame };
}

const types = (commands: readonly Command[]) => commands.map(({ type }) => type);
const withRate = (learningRate: number): PlaygroundConfig => ({
  ...DEFAULT_CONFIG,
  networks: [{ ...DEFAULT_NETWORK, optimizer: { type: "adam", learningRate } }],
});

describe("the page and its worker", () => {
  test("the networks are built at once; play waits for them", () => {
    const { actions, store, taken, ready } = opened();
    assert.equal(store.phase.value, "starting");
    actions.play();
    assert.deepEqual(types(taken()), ["setUp"]);
    ready();
    assert.deepEqual(types(taken()), ["play"]);
    assert.equal(store.engine.value?.threads, 2);
    assert.equal(store.histories.value.length, 1);
  });

  test("an edit before the first step builds anew; in the middle of a run it goes on", () => {
    const { actions, taken, ready, frame } = opened();
    ready();
    taken();
    actions.edit(withRate(0.5), "rate");
    assert.deepEqual(types(taken()), ["setUp"]);
    ready();
    frame();
    actions.edit(withRate(0.25), "rate");
    assert.deepEqual(types(taken()), ["change"]);
  });

  test("other data or another seed build anew", () => {
    const { actions, store, taken, ready, frame } = opened();
    ready();
    frame();
    taken();
    actions.edit({ ...store.config.value, seed: 5 }, "seed");
    assert.deepEqual(types(taken()), ["setUp"]);
  });

  test("one command is on its way: of a slider that is dragged the last value follows", () => {
    const { actions, say, taken, ready, frame } = opened();
    ready();
    frame();
    taken();
    for (const rate of [0.1, 0.2, 0.3]) actions.edit(withRate(rate), "rate");
    assert.deepEqual(types(taken()), ["change"]);
    say({ type: "changed", marks: [], networks: [VIEW] });
    const [command] = taken();
    assert.ok(command?.type === "change");
    assert.equal(command.config.networks[0].optimizer.learningRate, 0.3);
    say({ type: "changed", marks: [], networks: [VIEW] });
    assert.deepEqual(taken(), []);
  });

  test("what was refused in the middle of a run is said, and taken back by undo", () => {
    const { actions, store, say, taken, ready, frame } = opened();
    ready();
    frame();
    taken();
    actions.edit(withRate(0.1), "rate");
    say({ type: "refused", error: { code: "limit-exceeded", message: "", values: {} } });
    assert.equal(store.refusal.value?.code, "limit-exceeded");
    assert.equal(store.phase.value, "playing");
    taken();
    actions.undo();
    assert.equal(store.refusal.value, undefined);
    assert.deepEqual(taken(), []);
  });

  test("a network that cannot be built takes no commands until it is changed", () => {
    const { actions, store, say, taken, ready } = opened();
    say({ type: "refused", error: { code: "limit-exceeded", message: "", values: {} } });
    assert.equal(store.phase.value, "refused");
    taken();
    actions.play();
    assert.deepEqual(taken(), []);
    actions.edit(withRate(0.1), "rate");
    assert.deepEqual(types(taken()), ["setUp"]);
    ready();
    assert.equal(store.phase.value, "paused");
  });

  test("frames of networks that were replaced are not read", () => {
    const { actions, store, ready, frame } = opened();
    ready();
    frame({ step: 50 });
    actions.reset();
    frame({ step: 51 });
    assert.equal(store.phase.value, "starting");
    ready();
    assert.equal(store.histories.value[0]?.step, 0);
  });

  test("the user's own data that are not here are a sentence, not a command", () => {
    const data = { name: "csv", file: "own.csv", testShare: 0.3, seed: 1 } as const;
    const { actions, store, taken } = opened({ ...DEFAULT_CONFIG, data });
    assert.equal(store.refusal.value?.code, "own-data-missing");
    assert.deepEqual(types(taken()), ["pause"]);
    actions.useOwn({ inputs: new Float32Array(2), inputShape: [2], targets: new Int32Array(1), classes: 2 }, data);
    const [command] = taken();
    assert.ok(command?.type === "setUp");
    assert.deepEqual(command.own?.inputShape, [2]);
  });

  test("play after the end goes on as long again; after a failure it begins anew", () => {
    const { actions, store, taken, ready, frame, say } = opened();
    ready();
    frame({ hasFinished: true, epoch: DEFAULT_CONFIG.epochs }, false);
    taken();
    actions.play();
    assert.equal(store.config.value.epochs, 2 * DEFAULT_CONFIG.epochs);
    assert.deepEqual(types(taken()), ["change", "play"]);
    say({ type: "changed", marks: [], networks: [VIEW] });
    frame({ failure: { step: 3, epoch: 1, tensor: "loss" } }, false);
    assert.deepEqual(store.announcement.value, { kind: "failure", network: 0, step: 3, layer: undefined });
    actions.play();
    assert.deepEqual(types(taken()), ["setUp"]);
    ready();
    assert.deepEqual(types(taken()), ["play"]);
  });

  test("play after a reset does not go on for longer, though the last run had finished", () => {
    const { actions, store, ready, frame } = opened();
    ready();
    frame({ hasFinished: true }, false);
    actions.reset();
    actions.play();
    assert.equal(store.config.value.epochs, DEFAULT_CONFIG.epochs);
  });

  test("a second network is a copy that is selected; leaving it keeps the chosen one", () => {
    const { actions, store } = opened();
    actions.compare();
    assert.equal(store.selection.value.network, 1);
    actions.editNetwork((network) => ({ ...network, l2: 0.1 }), "l2");
    assert.deepEqual(
      store.config.value.networks.map(({ l2 }) => l2),
      [0, 0.1],
    );
    actions.keepOnly(1);
    assert.equal(store.config.value.networks.length, 1);
    assert.equal(store.config.value.networks[0].l2, 0.1);
    assert.equal(store.selection.value.network, 0);
  });
});
