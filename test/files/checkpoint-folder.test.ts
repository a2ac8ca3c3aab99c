import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import * as fs from "node:fs";
import { join } from "node:path";
import { describe, it, type TestContext } from "node:test";
import { checkpointFolder, readRun } from "../../src/files/checkpoint-folder.ts";
import { fit as fitWithFolders } from "../../src/fit.ts";
import type { CheckpointFailed, TrainEvent } from "../../src/train/events.ts";
import { fit } from "../../src/train/fit.ts";
import { scratchFolder } from "../io/scratch.ts";
import { leftBy } from "../support/left-by.ts";
import { classifier, clouds, tiny } from "../train/tiny.ts";

const scratch = scratchFolder();
let folders = 0;
const newFolder = () => join(scratch, `run-${folders++}`);
const namesIn = (folder: string) => fs.readdirSync(folder).sort();
const stepName = (step: number) => `step-${String(step).padStart(12, "0")}.safetensors`;

const model = classifier();
/** Three steps an epoch, six in all. */
const options = { ...tiny, data: clouds(24), epochs: 2 };
const withBest = { ...options, data: { train: clouds(24), validation: clouds(9) }, epochs: 3 };

type Calls = NonNullable<Parameters<typeof checkpointFolder>[1]>;

/** Node's calls; one fails, as the system's, while `isBroken` says so. */
function failing(call: keyof Calls, code: string, isBroken: () => boolean): Calls {
  const calls: Calls = fs;
  const original = calls[call] as (...words: readonly unknown[]) => unknown;
  const watched = (...words: readonly unknown[]) => {
    if (isBroken()) throw Object.assign(new Error(`${code}: ${call}`), { code, errno: -1, syscall: call });
    return original(...words);
  };
  return { ...fs, [call]: watched } as unknown as Calls;
}

const failures = (events: readonly TrainEvent[]) =>
  events.filter((event): event is CheckpointFailed => event.type === "checkpointFailed");

describe("a checkpoint that cannot be written", () => {
  for (const [call, code, says] of [
    ["openSync", "EACCES", "permission denied"],
    ["openSync", "EROFS", "the file system is read-only"],
    ["openSync", "EMFILE", "too many files are open"],
    ["writeSync", "ENOSPC", "the disk is full"],
    ["writeSync", "EDQUOT", "the disk quota is used up"],
    ["fsyncSync", "EIO", "the device reports a fault"],
    ["renameSync", "ENOSPC", "the disk is full"],
    ["renameSync", "EBUSY", "it is in use"],
  ] as const) {
    it(`${call}, ${code}: it is told, the training goes on, and the last good one stays`, async () => {
      const folder = newFolder();
      const expected = await leftBy(await fit(model, options));
      let step = 0;
      const events: TrainEvent[] = [];
      const store = checkpointFolder(
        folder,
        failing(call, code, () => step >= 4),
      );
      const { notSaved, ...result } = await fit(model, {
        ...options,
        checkpoint: { store, every: 2 },
        onEvent: (event) => {
          events.push(event);
          if (event.type === "stepEnded") step = event.step;
        },
      });
      assert.deepEqual(await leftBy(result), expected);
      const failed = failures(events);
      // at step 4 and at step 6, and once more at the end of the run
      assert.deepEqual(
        failed.map((event) => [event.step, event.error.code, event.error.values.reason]),
        [4, 6, 6].map((at) => [at, "io-error", code]),
      );
      assert.ok(failed[0]?.error.message.includes(`${join(folder, stepName(4))}: cannot be written: ${says}`));
      assert.deepEqual(namesIn(folder), [stepName(2)]);
      // the run's end says that its last state is not there
      const stopped = events.at(-1);
      assert.equal(stopped?.type, "stopped");
      assert.equal(stopped.notSaved?.values.reason, code);
      assert.equal(notSaved?.values.reason, code);
      // and the last good one is intact
      assert.equal((await readRun(folder)).state.step, 2);
      const again = await fit(model, { ...options, checkpoint: { store: checkpointFolder(folder) }, resume: true });
      assert.deepEqual(await leftBy(again), expected);
    });
  }

  it("later ones are written when there is room again, the best weights too", async () => {
    const folder = newFolder();
    let epoch = 0;
    const store = checkpointFolder(
      folder,
      failing("writeSync", "ENOSPC", () => epoch === 1),
    );
    const events: TrainEvent[] = [];
    const result = await fit(model, {
      ...withBest,
      // always worse than in the first epoch
      schedule: "constant",
      optimizer: { type: "sgd", learningRate: 0.4 },
      earlyStopping: { minDelta: 100, patience: 9 },
      checkpoint: { store, every: { epochs: 1 } },
      onEvent: (event) => {
        events.push(event);
        if (event.type === "epochStarted") ({ epoch } = event);
      },
    });
    assert.equal(result.notSaved, undefined);
    assert.deepEqual(
      failures(events).map((event) => event.error.values.file),
      [join(folder, "best.safetensors"), join(folder, stepName(3))],
    );
    assert.deepEqual(namesIn(folder), ["best.safetensors", stepName(6), stepName(9)]);
    const { state } = await readRun(folder);
    assert.equal(state.best?.epoch, 1);
  });

  it("an old one that cannot be removed does not make the new one a failure", async (context) => {
    const lines = context.mock.method(console, "error", () => undefined);
    const folder = newFolder();
    let isBroken = true;
    const store = checkpointFolder(
      folder,
      failing("rmSync", "EPERM", () => isBroken),
    );
    const events: TrainEvent[] = [];
    await fit(model, {
      ...options,
      checkpoint: { store, every: 1, keep: 1 },
      onEvent: (event) => {
        events.push(event);
        if (event.type === "stepEnded") isBroken = event.step < 5;
      },
    });
    assert.deepEqual(failures(events), []);
    assert.equal(lines.mock.callCount(), 1);
    assert.deepEqual(namesIn(folder), [stepName(6)]);
  });

  it("a store of a page that fails in its own way does not end the training", async () => {
    const store = {
      place: "page",
      names: () => [],
      read: () => new Uint8Array(),
      remove: () => undefined,
      write: () => {
        throw new DOMException("The quota has been exceeded.", "QuotaExceededError");
      },
    };
    const { notSaved, history } = await fit(model, { ...options, checkpoint: { store } });
    assert.equal(history.length, 2);
    assert.equal(notSaved?.code, "io-error");
    assert.match(notSaved?.message ?? "", /^page\/step-0+6\.safetensors: cannot be written: The quota/);
  });
});

/** Mounts a file system, which only root may do. @returns whether it is there. */
function mounted(context: TestContext, folder: string, ...words: readonly string[]): boolean {
  fs.mkdirSync(folder, { recursive: true });
  const { status, stderr, error } = spawnSync("mount", [...words, folder], { encoding: "utf8" });
  if (status === 0) {
    context.after(() => spawnSync("umount", [folder]));
    return true;
  }
  context.skip(`no mount here: ${(stderr ?? String(error)).trim()}`);
  return false;
}

describe("for real", () => {
  it("a disk that is full, and has room again", async (context) => {
    const folder = newFolder();
    if (!mounted(context, folder, "-t", "tmpfs", "-o", "size=64k", "tmpfs")) return;
    const ballast = join(folder, "ballast");
    const events: TrainEvent[] = [];
    await fitWithFolders(model, {
      ...options,
      checkpoint: { directory: folder, every: 1, keep: 2 },
      onEvent: (event) => {
        events.push(event);
        if (event.type !== "stepEnded") return;
        if (event.step === 3) fillUp(ballast);
        if (event.step === 5) fs.rmSync(ballast);
      },
    });
    assert.deepEqual(
      failures(events).map(({ step, error }) => [step, error.values.reason]),
      [
        [3, "ENOSPC"],
        [4, "ENOSPC"],
      ],
    );
    assert.deepEqual(namesIn(folder), [stepName(5), stepName(6)]);
    assert.equal((await readRun(folder)).state.step, 6);
  });

  it("a disk that becomes read-only, as after a fault", async (context) => {
    const folder = newFolder();
    if (!mounted(context, folder, "-t", "tmpfs", "-o", "size=1m", "tmpfs")) return;
    const { notSaved } = await fitWithFolders(model, {
      ...options,
      checkpoint: { directory: folder, every: 2 },
      callbacks: [
        {
          stepEnded: ({ step }) => {
            if (step === 3) spawnSync("mount", ["-o", "remount,ro", folder]);
          },
        },
      ],
    });
    assert.equal(notSaved?.values.reason, "EROFS");
    assert.deepEqual(namesIn(folder), [stepName(2)]);
    assert.equal((await readRun(folder)).state.step, 2);
    // a run that is to go on there is refused before its first step
    const goingOn = { ...options, checkpoint: { directory: folder }, resume: true };
    await assert.rejects(fitWithFolders(model, goingOn), { code: "bad-argument" });
  });

  const asNobody = process.getuid?.() === 0 && process.seteuid !== undefined;
  it("a folder that loses its permission", { skip: !asNobody && "needs root, to become another user" }, async () => {
    const folder = newFolder();
    fs.mkdirSync(folder);
    fs.chmodSync(scratch, 0o755);
    fs.chmodSync(folder, 0o777);
    process.seteuid?.(65534);
    try {
      const { notSaved } = await fitWithFolders(model, {
        ...options,
        checkpoint: { directory: folder, every: 2 },
        callbacks: [
          {
            stepEnded: ({ step }) => {
              if (step !== 3) return;
              process.seteuid?.(0);
              fs.chmodSync(folder, 0o555);
              process.seteuid?.(65534);
            },
          },
        ],
      });
      assert.equal(notSaved?.values.reason, "EACCES");
      assert.deepEqual(namesIn(folder), [stepName(2)]);
    } finally {
      process.seteuid?.(0);
    }
    assert.equal((await readRun(folder)).state.step, 2);
  });
});

/** Writes until the disk refuses. */
function fillUp(file: string): void {
  const handle = fs.openSync(file, "w");
  try {
    for (;;) fs.writeSync(handle, Buffer.alloc(512, 1));
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, "ENOSPC");
  } finally {
    fs.closeSync(handle);
  }
}

describe("a folder of checkpoints", () => {
  it("with a folder in a checkpoint's place: it is named, and the one before is taken", async (context) => {
    const lines: string[] = [];
    context.mock.method(console, "error", (line: string) => lines.push(line));
    const folder = newFolder();
    const lasting = { ...options, checkpoint: { directory: folder, every: 2 } };
    const expected = await leftBy(await fitWithFolders(model, lasting));
    fs.rmSync(join(folder, stepName(6)));
    fs.mkdirSync(join(folder, stepName(6)));
    fs.writeFileSync(join(folder, stepName(4)), "");
    assert.equal((await readRun(folder)).state.step, 2);
    assert.match(lines[0] ?? "", /step-0+6\.safetensors: cannot be read: it is a folder/);
    assert.match(lines[1] ?? "", /step-0+4\.safetensors: expected 8 bytes, got 0/);
    const { notSaved, ...result } = await fitWithFolders(model, { ...lasting, resume: true });
    assert.deepEqual(await leftBy(result), expected);
    // where the folder is, no file can be
    assert.equal(notSaved?.values.reason, "EISDIR");
  });

  it("loses the drafts of killed processes when a run goes on, whatever their step, and no others", async () => {
    const folder = newFolder();
    const lasting = { ...options, checkpoint: { directory: folder, every: 2 } };
    let host = "";
    checkpointFolder(folder, {
      ...fs,
      openSync: ((path: string, ...rest: [string]) => {
        host ||= /\.([0-9a-f]{6})-\d+-[0-9a-f]{8}\.part$/.exec(path)?.[1] ?? "";
        return fs.openSync(path, ...rest);
      }) as typeof fs.openSync,
    }).write("other.safetensors", new Uint8Array(1));
    assert.notEqual(host, "");
    // process numbers end at 4,194,304 on Linux
    const dead = `.${stepName(5)}.${host}-99999999-01234567.part`;
    const living = `.${stepName(5)}.${host}-${process.ppid}-01234567.part`;
    const foreign = `.notes.txt.${host}-99999999-01234567.part`;
    for (const name of [dead, living, foreign]) fs.writeFileSync(join(folder, name), "half");
    await fitWithFolders(model, { ...lasting, resume: true });
    assert.deepEqual(
      namesIn(folder).filter((name) => name.endsWith(".part")),
      [living, foreign].sort(),
    );
  });
});
