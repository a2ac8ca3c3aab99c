import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { promisify } from "node:util";
import type { Block, NetworkConfig, PlaygroundConfig } from "../../apps/playground/src/config/config.ts";
import { DEFAULT_BLOCK, DEFAULT_CONFIG, DEFAULT_NETWORK } from "../../apps/playground/src/config/defaults.ts";
import { type ExportOptions, exportExperiment } from "../../apps/playground/src/export/experiment.ts";
import { print } from "../../apps/playground/src/export/print.ts";
import { exportTypescript } from "../../apps/playground/src/export/typescript.ts";
import { factsOf } from "../../apps/playground/src/lab/facts.ts";
import type { OwnSamples } from "../../apps/playground/src/lab/protocol.ts";
import { scratchFolder } from "../io/scratch.ts";
import { Bench } from "./lab-support.ts";
import { runExperiment } from "./run-experiment.ts";

const lab = new Bench();
after(() => lab.lab.dispose());

function configOf(data: PlaygroundConfig["data"], network: Partial<NetworkConfig>): PlaygroundConfig {
  return { ...DEFAULT_CONFIG, data, epochs: 3, networks: [{ ...DEFAULT_NETWORK, ...network }] };
}

const regulated: Block = { ...DEFAULT_BLOCK, units: 12, norm: "batch", dropout: 0.2 };
const lstm: Block = { kind: "lstm", units: 4, init: { type: "auto" }, dropout: 0.1 };

/** Ten columns of a deterministic table, with two classes. */
function ownSamples(): OwnSamples {
  const rows = 60;
  const inputs = Float32Array.from({ length: 3 * rows }, (_, index) => Math.sin(7 * index));
  const targets = Int32Array.from({ length: rows }, (_, row) => ((inputs[3 * row] as number) > 0 ? 1 : 0));
  return { inputs, inputShape: [3], targets, classes: 2 };
}

const CASES: Readonly<Record<string, { readonly config: PlaygroundConfig; readonly own?: OwnSamples }>> = {
  "plane data, batch normalisation, dropout": {
    config: configOf(
      { name: "spirals", samples: 150, noise: 0.2, testShare: 0.3, seed: 2 },
      { blocks: [regulated, { ...regulated, skip: true }], standardize: true, l2: 0.001, schedule: "warmup" },
    ),
  },
  "clouds, clipped": {
    config: configOf(
      { name: "blobs", samples: 100, noise: 0.2, testShare: 0.2, seed: 0 },
      { clip: { type: "globalNorm", threshold: 1 }, optimizer: { type: "sgd", learningRate: 0.1, momentum: 0.9 } },
    ),
  },
  "the first pictures of MNIST, convolution": {
    config: configOf(
      { name: "mnist", samples: 96, testSamples: 32 },
      {
        blocks: [
          { ...DEFAULT_BLOCK, kind: "conv", filters: 3, kernel: 3 } as Block,
          { kind: "maxPool", size: 4 },
          regulated,
        ],
      },
    ),
  },
  "the adding problem, two LSTMs": {
    config: configOf(
      { name: "adding", samples: 60, length: 8, noise: 0, testShare: 0.2, seed: 3 },
      { blocks: [lstm, lstm], schedule: "cosine" },
    ),
  },
  "own samples, parted with another seed": {
    config: configOf({ name: "csv", file: "my table.csv", testShare: 0.2, seed: 9 }, { standardize: true }),
    own: ownSamples(),
  },
};

/** Every loss of a run in the lab. */
async function inLab(config: PlaygroundConfig, own: OwnSamples | undefined) {
  const ready = await lab.setUp(config, own);
  const from = lab.messages.length;
  await lab.rest({ type: "play" });
  return { losses: lab.joined(0, from).losses.map(({ loss }) => loss), facts: factsOf(ready.data) };
}

describe("exported experiment", () => {
  const scratch = scratchFolder();
  const home = process.cwd();
  before(() => process.chdir(scratch));
  after(() => process.chdir(home));
  for (const [name, { config, own }] of Object.entries(CASES)) {
    test(`${name}: the losses of the page, to the last bit`, async () => {
      const { losses, facts } = await inLab(config, own);
      const { text, files } = exportExperiment({ config, network: 0, facts, own, threads: 1 });
      for (const file of files) writeFileSync(file.name, file.bytes);
      assert.equal(files.length, own === undefined ? 0 : 4);
      assert.ok(losses.length >= 6 && losses.every(Number.isFinite));
      assert.deepEqual(await runExperiment(text), losses);
    });
  }

  test("a CSV file is named where the run's seed parts it", async () => {
    const own = ownSamples();
    const rows = Array.from(own.targets, (label, row) => [...own.inputs.slice(3 * row, 3 * row + 3), label].join(","));
    writeFileSync("table.csv", ["a,b,c,label", ...rows].join("\n"));
    const config = configOf({ name: "csv", file: "table.csv", testShare: 0.25, seed: 1, target: "label" }, {});
    const { losses, facts } = await inLab(config, own);
    const { text, files } = exportExperiment({ config, network: 0, facts, own, threads: 1 });
    assert.deepEqual(files, []);
    assert.deepEqual(await runExperiment(text), losses);
  });
});

test("plain data as TypeScript", () => {
  assert.equal(print({ a: 1, "b c": [1, "x"], d: undefined }), '{ a: 1, "b c": [1, "x"] }');
  assert.equal(print({ list: new Array(60).fill(1.5) }).split("\n").length, 64);
  assert.equal(print([]), "[]");
});

describe("exported program", () => {
  const folder = join("test", `.exported-${process.pid}`);
  before(() => mkdirSync(folder));
  after(() => rmSync(folder, { recursive: true }));
  for (const name of ["plane data, batch normalisation, dropout", "the first pictures of MNIST, convolution"]) {
    const { config } = CASES[name] as { readonly config: PlaygroundConfig };
    test(`${name}: runs`, async () => {
      const { facts } = await inLab(config, undefined);
      const options: ExportOptions = { config, network: 0, facts, threads: 1 };
      const { text } = exportTypescript(options);
      const file = join(folder, "program.ts");
      writeFileSync(file, text);
      const { stdout } = await promisify(execFile)(process.execPath, ["--import", "tsx", file]);
      const lines = stdout.split("\n");
      assert.match(stdout, /layers are trained/);
      assert.ok(
        lines.some((line) => line.startsWith("3 ")),
        stdout,
      );
    });
  }
});
