import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { trainingOf } from "../../../src/cli/doctor/training-of.ts";
import { checkExperiment, readExperiment } from "../../../src/cli/experiment.ts";
import { runCli as runProgram } from "../../../src/cli/program.ts";
import { createModel } from "../../../src/nn/model.ts";
import { runCli } from "../run-cli.ts";

const folder = mkdtempSync(join(tmpdir(), "gradus-doctor-"));
after(() => rmSync(folder, { recursive: true }));

function written(name: string, content: string | object): string {
  const file = join(folder, name);
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return file;
}

const TORCH = "test/watch/log/files/torch/events.out.tfevents.1700000000.torch.gz";

const EXPERIMENT = {
  name: "test experiment",
  data: { name: "blobs", samples: 60 },
  model: { layers: [{ type: "linear", units: 6 }, "tanh", { type: "linear", units: 3 }, "relu"] },
  loss: "softmaxCrossEntropy",
  optimizer: { type: "adam", learningRate: 0.05 },
  epochs: 1,
  batchSize: 32,
  backend: "reference",
  threads: 1,
};

interface Told {
  readonly verdict: string;
  readonly findings: readonly { readonly problem: string; readonly layer: string | null }[];
  readonly notes: readonly string[];
  readonly log: {
    readonly format: string;
    readonly ignored: readonly string[];
    readonly understood: readonly object[];
  };
}

test("a log: status 3, the meaning of each name, and a page", async () => {
  const page = join(folder, "page.html");
  const run = await inThisProcess(["doctor", "--log", TORCH, "--json", "--html", page]);
  assert.equal(run.status, 3, run.errors);
  const told = JSON.parse(run.out) as Told;
  const vanishing = told.findings.find(({ problem }) => problem === "vanishing-gradient");
  assert.equal(vanishing?.layer, "fc1");
  assert.deepEqual([told.log.format, told.log.ignored], ["tensorboard", ["note/text_summary"]]);
  assert.deepEqual(told.log.understood[1], { name: "gradients/fc1.weight", kind: "gradient", layer: "fc1", points: 4 });
  assert.match(readFileSync(page, "utf8"), /^<!doctype html>[\s\S]*<\/html>\s*$/i);
});

test("a log for display, in Korean; a warning reports the truncated row", async () => {
  const cut = written("run.csv", "epoch,loss,foo\n0,1,9\n1,nan\n");
  const { status, out, errors } = await inThisProcess(["doctor", "--log", cut, "--lang", "ko"]);
  assert.equal(status, 3, errors);
  assert.match(out, /loss +훈련 손실/);
  assert.match(out, /해석하지 못한 항목: foo/);
  assert.match(errors, /1 rows have fewer cells than the header \(line 3\)/);
});

test("an experiment: findings before the first step, and a note on the held-out part", async () => {
  const file = written("relu.json", EXPERIMENT);
  const run = await inThisProcess(["doctor", file, "--no-trial", "--json", "--budget", "5m"]);
  assert.equal(run.status, 3, run.errors);
  const told = JSON.parse(run.out) as Told;
  const output = told.findings.find(({ problem }) => problem === "output-activation-mismatch");
  assert.equal(output?.layer, "3");
  assert.match(told.notes[0] ?? "", /12 of the training samples/);
  assert.match(run.errors, /checking before the first step/);
});

test("a data set of one class is a finding when read from a file", async () => {
  const rows = Array.from({ length: 40 }, (_, index) => `${index % 7},${index % 5},0`);
  const train = written("one.csv", ["a,b,label", ...rows].join("\n"));
  const file = written("one.json", { ...EXPERIMENT, data: { name: "csv", train } });
  const run = await inThisProcess(["doctor", file, "--no-trial", "--json", "--budget", "5m"]);
  assert.equal(run.status, 3, run.errors);
  const told = JSON.parse(run.out) as Told;
  assert.equal(told.verdict, "not-curable");
  assert.equal(told.findings[0]?.problem, "label-fault");
});

test("Ctrl-C ends the examination", async () => {
  const file = written("long.json", { ...EXPERIMENT, epochs: 100_000 });
  const run = await runCli(["doctor", file, "--budget", "1h"], { interruptAt: /observing the training/ });
  assert.equal(run.status, 130, run.errors);
  assert.match(run.errors, /SIGINT: ending the examination/);
  assert.match(run.errors, /Interrupted/);
  // known before the first step
  assert.match(run.out, /Wrong output activation/);
});

test("wrong input: status 2 and one line that names the fault", async () => {
  const file = written("good.json", EXPERIMENT);
  const inLayer = {
    ...EXPERIMENT,
    model: {
      layers: [
        { type: "linear", units: 4 },
        { type: "conv2d", filters: 2, kernel: 3 },
      ],
    },
  };
  const cases: readonly (readonly [readonly string[], RegExp])[] = [
    [[], /doctor: expected an experiment file/],
    [[file, file], /expected one experiment file, got also/],
    [["--log", TORCH, file], /--log cannot be combined with/],
    [["--log", join(folder, "absent")], /no such file/],
    [["--log", written("events.out.tfevents.bad", "not this")], /not a TensorBoard event file/],
    [[file, "--lang", "de"], /--lang.*"de"/],
    [[file, "--budget", "soon"], /expected a time like 60s/],
    [[file, "--epoch", "3"], /there is no field "epoch"\. Did you mean "epochs"\?/],
    [[written("shape.json", inLayer)], /in layers\.1 \(conv2d\)/],
  ];
  for (const [words, pattern] of cases) {
    const { status, errors } = await inThisProcess(["doctor", ...words]);
    assert.equal(status, 2, errors);
    assert.match(errors, pattern);
    assert.doesNotMatch(errors, /\n {4}at /);
  }
});

/** Runs without a separate process, for cases that need no signal and no exit status of a shell. */
async function inThisProcess(
  words: readonly string[],
): Promise<{ readonly status: number; readonly out: string; readonly errors: string }> {
  const told = { out: "", errors: "" };
  const stream = (name: keyof typeof told) =>
    ({ isTTY: false, write: (text: string) => (told[name] += text) }) as unknown as NodeJS.WriteStream;
  const status = await runProgram(words, { out: stream("out"), errors: stream("errors") });
  return { status, ...told };
}

test("the sick examples are valid experiments", async () => {
  const names = readdirSync("examples/sick");
  assert.ok(names.length >= 3);
  for (const name of names) {
    const file = join("examples/sick", name);
    const { training, heldOut } = await trainingOf(file, checkExperiment(file, await readExperiment(file)), () => {});
    assert.equal(heldOut, false, "it has its own validation part");
    assert.ok(createModel(training.settings.model).parameterCount > 0);
  }
});
