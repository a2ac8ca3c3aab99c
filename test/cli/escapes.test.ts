import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { scratchFolder } from "../io/scratch.ts";
import { type CliRun, runCli } from "./run-cli.ts";

const folder = scratchFolder();
const EVIL = "\u001b]0;title\u0007\u001b[2J\u009b31m\u202ex";
const COLOUR = { environment: { NO_COLOR: "", FORCE_COLOR: "1" } };

/** Asserts that the text has no control characters but newlines and our own colours. */
function assertHarmless({ out, errors }: CliRun): void {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: our own colours
  const text = (out + errors).replace(/\u001b\[[0-9;]+m/g, "");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that must be absent
  assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  assert.match(text, /\\u001b/);
}

describe("names with escape sequences", { skip: process.platform === "win32" && "no such file names" }, () => {
  test("columns, classes and the file of a table: in errors, with colours and as JSON", async () => {
    const data = join(folder, `${EVIL}.csv`);
    writeFileSync(data, `${EVIL},y\n1,${EVIL}\nnone,b\n`);
    const file = join(folder, "experiment.json");
    const experiment = {
      data: { name: "csv", train: data },
      model: { layers: [{ type: "linear", units: 2 }] },
      loss: "softmaxCrossEntropy",
      optimizer: "sgd",
      epochs: 1,
    };
    writeFileSync(file, JSON.stringify(experiment));
    const run = await runCli(["train", file], COLOUR);
    assert.equal(run.status, 2);
    assertHarmless(run);
    const asJson = await runCli(["train", file, "--json"]);
    assertHarmless(asJson);
    const [told] = asJson.json() as readonly { readonly error: { readonly values: { readonly file: string } } }[];
    assert.equal(told?.error.values.file, data);
  });

  test("columns of a log: in their meanings and in the findings", async () => {
    const log = join(folder, "log.csv");
    const rows = Array.from({ length: 40 }, (_, step) => `${step},${2.3 - 0.01 * step},1e-12,4`);
    writeFileSync(log, `step,loss,grad_norm/${EVIL},${EVIL}\n${rows.join("\n")}\n`);
    const run = await runCli(["doctor", "--log", log, "--details"], COLOUR);
    assert.ok(run.status === 0 || run.status === 3, run.errors);
    assertHarmless(run);
  });

  test("words that are not commands", async () => {
    assertHarmless(await runCli([EVIL], COLOUR));
  });

  test("broken pictures", async () => {
    mkdirSync(join(folder, "pictures", EVIL), { recursive: true });
    writeFileSync(join(folder, "pictures", EVIL, `${EVIL}.png`), "no picture");
    const file = join(folder, "pictures.json");
    const experiment = {
      data: { name: "images", train: join(folder, "pictures") },
      model: { layers: ["flatten", { type: "linear", units: 1 }] },
      loss: "mse",
      optimizer: "sgd",
    };
    writeFileSync(file, JSON.stringify(experiment));
    assertHarmless(await runCli(["train", file], COLOUR));
  });
});
