import assert from "node:assert/strict";
import { appendFileSync, existsSync, rmSync } from "node:fs";
import { join } from "node:path";
import { Writable } from "node:stream";
import { test } from "node:test";
import { EventLines } from "../../../src/cli/watch/event-lines.ts";
import { follow } from "../../../src/cli/watch/follow.ts";
import { Screen } from "../../../src/cli/watch/screen.ts";
import { createModel } from "../../../src/nn/model.ts";
import { createRun } from "../../../src/runs/create-run.ts";
import { openRun } from "../../../src/runs/open-run.ts";
import type { RunWriter } from "../../../src/runs/run-writer.ts";
import { runHere } from "../in-process.ts";
import { runCli } from "../run-cli.ts";
import { EXPERIMENT, experimentFile, scratchFolder } from "../runs/experiment.ts";
import { usualRun } from "./fake-run.ts";

process.env.NO_COLOR = "1";
const root = scratchFolder("watch");
const model = createModel({ inputShape: [2], layers: [{ type: "linear", units: 3 }] });

/** A terminal that keeps what is written to it and calls back after every write. */
function terminalOf(columns: number, rows: number, onWrite: (text: string) => void = () => undefined) {
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string, _, done) {
      result.text += chunk;
      onWrite(chunk);
      done();
    },
  });
  const result = Object.assign(stream, { text: "", isTTY: true, columns, rows });
  return result as typeof result & NodeJS.WriteStream;
}

function begin(name: string): RunWriter {
  const writer = createRun(join(root, name), { name, settings: EXPERIMENT as never, model });
  writer.writeEvent({
    type: "started",
    backend: "reference",
    threads: 1,
    epochs: 2,
    stepsPerEpoch: 2,
    parameters: 9,
    samples: 16,
    validationSamples: 0,
    step: 0,
  });
  return writer;
}

/** Two steps, and the epoch that they make. */
function epoch(writer: RunWriter, number: number): void {
  for (const step of [2 * number - 1, 2 * number]) writer.add(step, { loss: 1 / step, learningRate: 0.1 });
  writer.writeEvent({
    type: "epoch",
    epoch: number,
    step: 2 * number,
    train: { loss: 1 / number },
    samplesPerSecond: 100,
  });
}

const OPTIONS = { language: "en", everyMs: 20, once: false } as const;

test("on a terminal the picture is redrawn in place while the run grows, and stays when it has ended", async () => {
  const writer = begin("live");
  epoch(writer, 1);
  // what the run does next follows what was shown
  const shown: string[] = [];
  const isFirst = (text: string, part: string) => {
    if (!text.includes(part) || shown.includes(part)) return false;
    shown.push(part);
    return true;
  };
  const out = terminalOf(80, 24, (text) => {
    if (isFirst(text, "epoch 2/2  step 2/4")) epoch(writer, 2);
    if (isFirst(text, "step 4/4")) {
      writer.writeEvent({ type: "stopped", reason: "finished", epoch: 2, step: 4 });
      writer.close();
    }
  });
  const status = await follow({ out, errors: out, isJson: false }, openRun(join(root, "live")), OPTIONS);
  assert.equal(status, 0);
  assert.equal(shown.length, 2);
  const [before, ...rest] = out.text.split("\u001b[?1049h");
  assert.equal(before, "");
  const [drawn = "", after = ""] = rest.join("").split("\u001b[?25h\u001b[?1049l");
  assert.ok(drawn.startsWith("\u001b[?25l"));
  // only lines that changed are drawn again
  assert.equal(drawn.split("loss of each step").length - 1, 2);
  assert.ok(!after.includes("\u001b[H"));
  assert.match(after, /live {2}.*finished/);
  assert.equal(process.listenerCount("SIGCONT") + process.listenerCount("SIGTSTP"), 0);
});

test("a screen writes nothing for an equal picture, all of it after a change of size, and closes once", () => {
  const out = terminalOf(80, 24);
  const screen = new Screen(out);
  screen.draw(["one", "two", "three"]);
  const first = out.text.length;
  screen.draw(["one", "two", "three"]);
  assert.equal(out.text.length, first);
  screen.draw(["one", "2"]);
  assert.equal(out.text.slice(first), "\u001b[2;1H2\u001b[K\u001b[3;1H\u001b[J");
  screen.forget();
  screen.draw(["one"]);
  assert.ok(out.text.endsWith("\u001b[2J\u001b[1;1Hone\u001b[K"));
  screen.close();
  screen.close();
  assert.equal(out.text.split("\u001b[?1049l").length, 2);
  assert.equal(process.listeners("exit").includes(screen.close), false);
});

test("a failed run ends with 3, a killed one with 4; both are shown once", async () => {
  const failed = begin("failed");
  failed.writeEvent({ type: "stopped", reason: "not-finite", epoch: 0, step: 1 });
  failed.close();
  const run = await runHere(["watch", "failed", "--runs", root]);
  assert.equal(run.status, 3, run.errors);
  assert.match(run.out, /^failed \(epoch 0, step 1\)$/m);
  begin("killed").close();
  const killed = await runHere(["watch", "killed", "--runs", root]);
  assert.equal(killed.status, 4);
  assert.match(killed.out, /^killed \(/m);
});

test("on a pipe every epoch is a line; with --json every event is one, and the end says what was found", async () => {
  const lines = await runHere(["watch", "live", "--runs", root]);
  assert.equal(lines.status, 0);
  assert.deepEqual(lines.out.trim().split("\n"), [
    "epoch 1/2  training loss 1.000  100 samples/s",
    "epoch 2/2  training loss 0.5000  100 samples/s",
    "finished (epoch 2, step 4)",
  ]);
  const korean = await runHere(["watch", "live", "--runs", root, "--lang", "ko"]);
  assert.match(korean.out, /^에포크 1\/2 {2}훈련 loss 1\.000/m);
  const json = (await runHere(["watch", "live", "--runs", root, "--json"])).json();
  assert.deepEqual(
    json.map(({ type }) => type),
    ["started", "epoch", "epoch", "stopped", "ended"],
  );
  assert.equal(json.at(-1)?.status, "finished");
});

test("a finding is told once", () => {
  const lines = new EventLines(usualRun(30), "en");
  const finding = {
    problem: "vanishing-gradient",
    layer: "4",
    since: 3,
    weight: 0.9,
    source: "",
    evidence: [{ measure: "gradient-ratio", value: 1e-9, threshold: 1e-3 }],
  } as const;
  const first = lines.next([finding]);
  assert.match(first.at(-1) ?? "", /^finding {2}Vanishing gradient · in layer 4 \(linear\), since step 3: /);
  assert.deepEqual(lines.next([{ ...finding, since: 9 }]), []);
  assert.equal(lines.next([{ ...finding, layer: "2" }]).length, 1);
});

test("--once prints one picture of a run that goes on; wrong intervals and languages are refused", async () => {
  const writer = begin("going");
  epoch(writer, 1);
  const run = await runHere(["watch", "going", "--runs", root, "--once"]);
  writer.close();
  assert.equal(run.status, 0, run.errors);
  assert.match(run.out, /^going {2}running$/m);
  assert.match(run.out, /^loss of each step/m);
  for (const every of ["0", "x", "", "1e9"]) {
    const refused = await runHere(["watch", "going", "--runs", root, "--every", every]);
    assert.equal(refused.status, 2);
    assert.match(refused.errors, /--every must be from 0\.05 to 3600 seconds/);
  }
  assert.match((await runHere(["watch", "going", "--runs", root, "--lang", "kr"])).errors, /Did you mean "ko"/);
});

test("a training is watched from another process until it ends", async () => {
  const file = experimentFile(root, { epochs: 4 });
  const training = runCli(["train", file, "--run", "other", "--runs", root]);
  const events = join(root, "other/events.jsonl");
  while (!existsSync(events)) await new Promise((resolve) => setTimeout(resolve, 50));
  const watched = await runHere(["watch", "other", "--runs", root, "--every", "0.05"]);
  assert.equal((await training).status, 0);
  assert.equal(watched.status, 0, watched.errors);
  const epochs = watched.out.split("\n").filter((text) => text.startsWith("epoch "));
  assert.deepEqual(
    epochs.map((text) => text.split("  ")[0]),
    ["epoch 1/4", "epoch 2/4", "epoch 3/4", "epoch 4/4"],
  );
  assert.match(watched.out, /^finished \(epoch 4, step 24\)$/m);
});

test("a run whose folder is removed while it is watched ends the watching; torn lines do no harm", async () => {
  const writer = begin("gone");
  epoch(writer, 1);
  appendFileSync(join(root, "gone/events.jsonl"), '{"at":1,"type":"epo');
  const out = terminalOf(80, 24, (text) => {
    if (text.includes("gone")) rmSync(join(root, "gone"), { recursive: true, force: true });
  });
  const status = await follow({ out, errors: out, isJson: false }, openRun(join(root, "gone")), OPTIONS);
  assert.equal(status, 0);
  assert.match(out.text, /the folder of this run is gone/);
  writer.close();
});
