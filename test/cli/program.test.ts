import assert from "node:assert/strict";
import { test } from "node:test";
import { datasets } from "../../src/datasets/registry.ts";
import { runCli } from "./run-cli.ts";

const COMMANDS = ["train", "resume", "runs", "watch", "dashboard", "predict", "playground", "datasets", "info", "demo"];

test("help lists the commands and the exit codes; the help of each command has examples", async () => {
  const top = await runCli(["--help"]);
  assert.equal(top.status, 0);
  for (const command of COMMANDS) assert.match(top.out, new RegExp(`^ {2}${command} `, "m"));
  assert.match(top.out, /130 {2}interrupted/);
  const helps = await Promise.all(COMMANDS.map((command) => runCli([command, "--help"])));
  for (const { status, out } of helps) {
    assert.equal(status, 0);
    assert.match(out, /Examples?:/);
  }
});

test("wrong usage exits with 2 and a suggestion", async () => {
  const command = await runCli(["trian"]);
  assert.equal(command.status, 2);
  assert.match(command.errors, /Did you mean train/);
  const option = await runCli(["info", "--jsn"]);
  assert.equal(option.status, 2);
  assert.match(option.errors, /--json/);
});

test("info shows the machine, backends and versions, as text and as JSON", async () => {
  const text = await runCli(["info"]);
  assert.match(text.out, /Gradus +\d+\.\d+/);
  assert.match(text.out, /backend +reference, 1 thread/);
  const [info] = (await runCli(["info", "--json"])).json();
  const backends = info?.backends as readonly { readonly name: string }[];
  assert.equal(info?.node, process.versions.node);
  assert.equal(info?.backend, "reference");
  assert.ok(backends.some(({ name }) => name === "reference"));
});

test("datasets lists every data set that an experiment can use", async () => {
  const run = await runCli(["datasets", "--json"]);
  assert.deepEqual(
    run.json().map(({ name }) => name),
    Object.keys(datasets),
  );
  const one = await runCli(["datasets", "spirals"]);
  assert.match(one.out, /turns of each arm/);
  const none = await runCli(["datasets", "spiral"]);
  assert.equal(none.status, 2);
  assert.match(none.errors, /Did you mean "spirals"/);
});

test("DEBUG adds the stack trace to an error", async () => {
  const run = await runCli(["train", "nowhere.json"], { environment: { DEBUG: "1" } });
  assert.equal(run.status, 2);
  assert.match(run.errors, /\n {4}at /);
});
