import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { chmodSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { readOptions } from "../../bench/options.ts";
import { WORKLOADS } from "../../bench/workloads.ts";
import { scratchFolder } from "../io/scratch.ts";

const scratch = scratchFolder();

function bench(...parameters: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", "bench/main.ts", ...parameters], {
    encoding: "utf8",
    env: { ...process.env, GRADUS_BACKEND: "wasm", GRADUS_THREADS: "1" },
  });
  return { status, stdout, stderr };
}

/** A program that answers as a Python with PyTorch would; compiling fails. */
function fakePython(): string {
  const path = join(scratch, "python");
  const script = `#!/usr/bin/env node
    const given = process.argv.slice(2);
    if (given.includes("--versions")) console.log('{"torch": "2.13.0", "python": "3.11", "libraries": ["MKL"]}');
    else if (given.includes("--compile")) { console.error("InductorError: no compiler"); process.exit(4); }
    else console.log(JSON.stringify({ workload: given.at(-1), ms: process.env.MALLOC_TOP_PAD_ ? 5 : 9, min_ms: 4, first_loss: 1.2 }));`;
  writeFileSync(path, script);
  chmodSync(path, 0o755);
  return path;
}

describe("options of the benchmarks", () => {
  test("a misspelt workload is named, with the nearest", () => {
    assert.throws(() => readOptions(["resnet21"]), { code: "bad-argument", message: /did you mean resnet20/ });
  });
  test("numbers are numbers", () => {
    for (const given of ["--threads=two", "--threads=0", "--pairs=-1", "--pairs=1.5", "--budget="])
      assert.throws(() => readOptions([given]), { code: "bad-argument" }, given);
    assert.equal(readOptions(["--budget", "0.5"]).budget, 0.5);
  });
  test("an unknown option is refused", () => {
    assert.throws(() => readOptions(["--comparison"]), { code: "unknown-field" });
  });
});

describe("--compare", () => {
  test("without Python and without PyTorch it says what to give", () => {
    const missing = bench("--compare", "tabular-128", "--python", "/nowhere/python");
    assert.equal(missing.status, 2);
    assert.match(missing.stderr, /no Python at "\/nowhere\/python"/);
    const plain = join(scratch, "without-torch");
    writeFileSync(plain, "#!/bin/sh\necho 'no module named torch' >&2\nexit 3\n");
    chmodSync(plain, 0o755);
    const { status, stderr } = bench("--compare", "tabular-128", "--python", plain);
    assert.equal(status, 2);
    assert.match(stderr, /no module named torch.*pip install torch/);
  });
  test("measures every form in turn, leaves failing ones out, and goes on from its own lines", () => {
    const python = fakePython();
    const common = ["--compare", "tabular-128", "--python", python, "--budget", "0.01"] as const;
    const first = bench(...common, "--pairs", "1");
    assert.equal(first.status, 0, first.stderr);
    assert.match(first.stderr, /compiled failed: .*no compiler/);
    const lines = join(scratch, "lines.jsonl");
    writeFileSync(lines, first.stdout);
    const second = bench(...common, "--pairs", "1", "--from", lines);
    assert.equal(second.status, 0, second.stderr);
    // 9 ms are more than 1.3 times 5 ms
    assert.doesNotMatch(second.stderr, /round 2: eager \d/);
    assert.match(second.stderr, /round 2: eager, memory kept/);
    assert.match(second.stdout, /"pairs":2,/);
    assert.match(second.stdout, /\| `tabular-128` \| .* \| eager, memory kept \| 5\.00 ms/);
    writeFileSync(lines, first.stdout + second.stdout);
    const shown = bench("--compare", "--from", lines, "--pairs", "0");
    assert.equal(shown.status, 0, shown.stderr);
    assert.equal(shown.stdout.trim(), second.stdout.slice(second.stdout.indexOf("\n") + 1).trim());
  });
});

test("torch_steps.py times every network and product that has a peer", () => {
  const script = readFileSync("bench/torch_steps.py", "utf8");
  const names = Object.keys(WORKLOADS).filter((name) => name !== "dead-weights");
  for (const name of names) {
    const size = /^gemm-(\d+)$/.exec(name)?.[1];
    assert.match(script, size === undefined ? new RegExp(`^    "${name}": `, "m") : new RegExp(`\\b${size}\\b`), name);
  }
});
