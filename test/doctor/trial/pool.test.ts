import assert from "node:assert/strict";
import { after, describe, it } from "node:test";
import { GradusError } from "../../../src/core/errors.ts";
import { runTraining } from "../../../src/doctor/run.ts";
import { Runner } from "../../../src/doctor/trial/pool.ts";
import { processPlaces } from "../../../src/processes/run-process.ts";
import type { RunRecord } from "../../../src/watch/record.ts";
import { circlesTraining } from "./small.ts";

const backend = "wasm" as const;
/** Without probes, which take longer than these runs. */
const bare = { withProbes: false } as const;
/** One layer compiles fast. */
const trainingOf = (epochs: number) => circlesTraining("relu", epochs, 1);
const training = trainingOf(3);
// takes minutes; the first hundredth, after which progress is reported, is short
const endless = trainingOf(10_000);

/** A record without its time. */
function withoutTime({ seconds: _, ...record }: RunRecord): Partial<RunRecord> {
  return record;
}

async function until(condition: () => boolean): Promise<void> {
  const started = Date.now();
  while (!condition()) {
    assert.ok(Date.now() - started < 60_000, "nothing happened in a minute");
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch {
    return false;
  }
}

const places = processPlaces();

describe("runs in separate processes", () => {
  const runner = new Runner({ backend, threads: 2, places, inProcess: false });
  after(() => runner.dispose());

  it("give the same bits as a run in this process, for every view of the samples", async () => {
    const { train } = training.data;
    const viewed = {
      settings: { ...training.settings, standardize: true },
      data: { train: train.shuffle(4).take(100), validation: train.subset({ from: 100 }) },
    };
    const jobs = [
      { training, options: { seed: 5, backend, threads: 1 } },
      { training: viewed, options: { seed: 5, backend, threads: 1, withProbes: false } },
      { training: viewed, options: { seed: 6, backend, threads: 1, withProbes: false } },
    ];
    const records = await Promise.all(jobs.map((job) => runner.run(job)));
    assert.equal(runner.processes.length, 2);
    for (const [index, job] of jobs.entries()) {
      const here = await runTraining(job.training, job.options);
      assert.deepEqual(withoutTime(records[index] as RunRecord), withoutTime(here));
    }
    // other seeds and samples give other runs
    const losses = new Set(records.map(({ validationLoss }) => validationLoss));
    assert.equal(losses.size, 3);
  });

  it("stay warm, and report progress", async () => {
    const before = runner.processes;
    const told: number[] = [];
    await runner.run({ training, options: { ...bare, seed: 1 }, onProgress: (done) => told.push(done) });
    assert.deepEqual(runner.processes, before);
    assert.ok(told.length > 2 && told.every((done, index) => done > (told[index - 1] ?? 0) && done <= 1), `${told}`);
  });

  it("end when their time or their steps are used up", async () => {
    const [timed, stepped] = await Promise.all([
      runner.run({ training: endless, options: { ...bare, seed: 1, limitSeconds: 0.3 } }),
      runner.run({ training: endless, options: { ...bare, seed: 1, limitSteps: 20 } }),
    ]);
    assert.equal(timed.cut, "budget");
    assert.ok(timed.seconds < 60, `${timed.seconds}`);
    assert.equal(stepped.cut, "budget");
    assert.equal(stepped.steps, 20);
  });

  it("are aborted if they are hopeless", async () => {
    const short = trainingOf(40);
    const record = await runner.run({
      training: short,
      options: { ...bare, seed: 1, hopeless: { afterShare: 0.25, accuracy: 1 } },
    });
    assert.equal(record.cut, "hopeless");
    // a quarter of 40 epochs of 10 steps
    assert.ok(record.steps >= 100 && record.steps <= 110, `${record.steps}`);
  });

  it("pass errors on unchanged", async () => {
    const broken = { ...training, settings: { ...training.settings, batchSize: 0 } };
    await assert.rejects(
      runner.run({ training: broken, options: { ...bare, seed: 1 } }),
      (error) => error instanceof GradusError && error.code === "bad-argument",
    );
  });

  it("an aborted run leaves its process to others", async () => {
    const controller = new AbortController();
    const run = runner.run({
      training: endless,
      options: { ...bare, seed: 1 },
      signal: controller.signal,
      onProgress: () => controller.abort(),
    });
    await assert.rejects(run, { code: "interrupted" });
    const before = runner.processes;
    await runner.run({ training, options: { ...bare, seed: 1 } });
    assert.ok(runner.processes.some((id) => before.includes(id)));
  });

  it("a process that dies is reported, and its run is repeated here; the other continues", async (t) => {
    const warned = new Promise<string>((resolve) => t.mock.method(console, "error", resolve));
    const long = trainingOf(200);
    const ids = runner.processes;
    assert.equal(ids.length, 2);
    let isKilled = false;
    const onProgress = () => {
      // at the first progress of either, both are still running
      if (!isKilled) process.kill(ids[0] as number, "SIGKILL");
      isKilled = true;
    };
    const job = { training: long, options: { ...bare, seed: 2 }, onProgress };
    const [first, second] = await Promise.all([runner.run(job), runner.run(job)]);
    assert.match(await warned, /SIGKILL/);
    assert.equal(first.steps, 2000);
    assert.deepEqual(withoutTime(first), withoutTime(second));
    await runner.run({ training, options: { ...bare, seed: 2 } });
    assert.deepEqual(runner.processes, ids.slice(1));
  });
});

describe("a runner", () => {
  it("ends its processes and rejects its runs when it is aborted", async () => {
    const controller = new AbortController();
    const runner = new Runner({ backend, threads: 2, signal: controller.signal, places, patienceSeconds: 0 });
    const runs = [1, 2, 3].map((seed) => runner.run({ training: endless, options: { ...bare, seed } }));
    const results = Promise.allSettled(runs);
    await until(() => runner.processes.length === 1);
    const ids = runner.processes;
    controller.abort();
    for (const result of await results) {
      assert.ok(result.status === "rejected" && result.reason.code === "interrupted", JSON.stringify(result));
    }
    await until(() => !ids.some(isAlive));
    await runner.dispose();
    await assert.rejects(runner.run({ training, options: { ...bare, seed: 1 } }), { code: "disposed" });
  });

  it("starts no process for very short runs", async () => {
    const runner = new Runner({ backend, threads: 2, places, patienceSeconds: 60 });
    await Promise.all([5, 6].map((seed) => runner.run({ training, options: { ...bare, seed } })));
    assert.equal(runner.processes.length, 0);
    await runner.dispose();
  });

  it("runs in this process on request, one after the other", async () => {
    const runner = new Runner({ backend, threads: 1, places, inProcess: true });
    const [first, second] = await Promise.all(
      [5, 6].map((seed) => runner.run({ training, options: { ...bare, seed } })),
    );
    assert.equal(runner.processes.length, 0);
    assert.deepEqual([first?.seed, second?.seed], [5, 6]);
    await runner.dispose();
  });
});
