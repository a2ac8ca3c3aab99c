import assert from "node:assert/strict";
import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type TestContext, test } from "node:test";
import { fileURLToPath } from "node:url";
import { GradusError } from "../../src/core/errors.ts";
import { continueRun } from "../../src/runs/continue-run.ts";
import { lockState, RunLock } from "../../src/runs/lock.ts";
import { openRun } from "../../src/runs/open-run.ts";
import { ownIdentity } from "../../src/runs/process-identity.ts";
import { removeRun } from "../../src/runs/remove-run.ts";
import { STARTED, scratchFolder, tinyRun } from "./scratch.ts";

const HOLDER = fileURLToPath(new URL("hold-lock.ts", import.meta.url));
const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));

interface Holder {
  readonly child: ChildProcessWithoutNullStreams;
  /** The next line that it says. */
  next(): Promise<string>;
}

/** A process that will try to take the lock of a folder. */
async function holder(context: TestContext, folder: string): Promise<Holder> {
  const child = spawn(process.execPath, ["--import", "tsx", HOLDER, folder], { cwd: REPOSITORY });
  context.after(() => child.kill("SIGKILL"));
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async () => String((await lines.next()).value);
  assert.equal(await next(), "ready");
  return { child, next };
}

async function kill({ child }: Holder): Promise<void> {
  child.kill("SIGKILL");
  await once(child, "exit");
}

const refusal = (work: () => unknown): GradusError => {
  try {
    work();
  } catch (error) {
    assert.ok(error instanceof GradusError, String(error));
    return error;
  }
  throw new assert.AssertionError({ message: "expected a refusal" });
};

test("of two processes the second is refused, with who writes and since when; after a kill it may", async (context) => {
  const run = tinyRun(scratchFolder(context));
  run.writeEvent(STARTED);
  run.close();
  const other = await holder(context, run.folder);
  other.child.stdin.write("go\n");
  assert.equal(await other.next(), "taken");
  for (const work of [() => continueRun(run.folder), () => removeRun(run.folder)]) {
    const { code, values, message } = refusal(work);
    assert.equal(code, "in-use");
    assert.deepEqual([values.pid, values.host], [other.child.pid, hostname()]);
    assert.match(message, new RegExp(`process ${other.child.pid} on .* since \\d{4}-`));
  }
  const read = openRun(run.folder);
  assert.equal(read.status, "running");
  await kill(other);
  assert.deepEqual([read.refresh(), read.status, lockState(run.folder).state], [true, "killed", "ended"]);
  const again = continueRun(run.folder);
  assert.equal(lockState(run.folder).state, "held");
  again.close();
  assert.equal(lockState(run.folder).state, "free");
  assert.deepEqual(
    readdirSync(run.folder).filter((name) => name.startsWith("lock")),
    [],
  );
});

test("a killed process whose parent has not taken notice yet holds nothing", {
  skip: process.platform !== "linux" && "only Linux shows the state of a process",
}, async (context) => {
  const run = tinyRun(scratchFolder(context));
  run.close();
  const other = await holder(context, run.folder);
  other.child.stdin.write("go\n");
  assert.equal(await other.next(), "taken");
  other.child.kill("SIGKILL");
  // no turn of the event loop: the parent, this process, does not ask for its end
  const state = () => readFileSync(`/proc/${other.child.pid}/stat`, "utf8").replace(/^.*\) /s, "")[0];
  while (state() !== "Z");
  assert.equal(lockState(run.folder).state, "ended");
  continueRun(run.folder).close();
});

test("of several processes that take over the same dead run exactly one succeeds", async (context) => {
  const folder = scratchFolder(context);
  writeFileSync(join(folder, "lock"), JSON.stringify({ ...ownIdentity(), start: "1", since: 5, token: "dead" }));
  const all = await Promise.all([1, 2, 3].map(() => holder(context, folder)));
  for (const { child } of all) child.stdin.write("go\n");
  const answers = await Promise.all(all.map(({ next }) => next()));
  assert.deepEqual([...answers].sort(), ["in-use", "in-use", "taken"]);
});

test("this process holds a run only once, and says so", (context) => {
  const run = tinyRun(scratchFolder(context));
  const { code, message } = refusal(() => continueRun(run.folder));
  assert.equal(code, "in-use");
  assert.match(message, /this process itself .* Close its writer first/);
  run.close();
  continueRun(run.folder).close();
});

test("a reused process number is not taken for the writer", (context) => {
  const folder = scratchFolder(context);
  const own = ownIdentity();
  const lock = (holder: object) =>
    writeFileSync(join(folder, "lock"), JSON.stringify({ ...own, since: 1, token: "t", ...holder }));
  lock({});
  assert.equal(lockState(folder).state, "held");
  if (own.start !== undefined) {
    lock({ start: `${Number(own.start) - 1}` });
    assert.equal(lockState(folder).state, "ended");
    // a machine that was started again
    const [host, , ...space] = own.place.split(" ");
    lock({ place: [host, "another-start", ...space].join(" ") });
    assert.equal(lockState(folder).state, "ended");
  }
  // no process has so large a number
  lock({ pid: 2 ** 30, start: undefined });
  assert.equal(lockState(folder).state, "ended");
});

test("a writer on another machine lives as long as it touches its lock", (context) => {
  const folder = scratchFolder(context);
  const file = join(folder, "lock");
  const states = [0, 9, 11, 59, 61].map((minutes) => {
    writeFileSync(file, JSON.stringify({ pid: 1, place: "elsewhere", start: "7", since: 5, token: "t" }));
    const at = Date.now() / 1000 - 60 * minutes;
    utimesSync(file, at, at);
    return lockState(folder).state;
  });
  assert.deepEqual(states, ["held", "held", "unknown", "unknown", "ended"]);
  utimesSync(file, 5, 5);
  assert.equal(lockState(folder).state, "ended");
  RunLock.take(folder).release();
  assert.equal(lockState(folder).state, "free");
});

test("a lock without content counts for a minute", (context) => {
  const folder = scratchFolder(context);
  const file = join(folder, "lock");
  for (const text of ["", "{", "[]", '{"pid":0,"place":"x","since":1,"token":"t"}', '{"pid":5}']) {
    writeFileSync(file, text);
    assert.equal(refusal(() => RunLock.take(folder)).code, "in-use");
    const at = Date.now() / 1000 - 90;
    utimesSync(file, at, at);
    RunLock.take(folder).release();
  }
});

test("a lock that someone else has taken in the meantime is not given back", (context) => {
  const folder = scratchFolder(context);
  const lock = RunLock.take(folder);
  const other = JSON.stringify({ ...ownIdentity(), since: 1, token: "other" });
  writeFileSync(join(folder, "lock"), other);
  lock.release();
  assert.equal(readFileSync(join(folder, "lock"), "utf8"), other);
});

test("touching shows life, and finds that the lock is gone", (context) => {
  const folder = scratchFolder(context);
  const lock = RunLock.take(folder);
  const now = Date.now();
  assert.equal(lock.touch(now + 1000), true);
  assert.equal(lock.touch(now + 20_000), true);
  lock.release();
  assert.equal(lock.touch(now + 21_000), true);
  assert.equal(lock.touch(now + 40_000), false);
});

test("a file in place of the run's folder, or of its lock, is refused with its path", (context) => {
  const root = scratchFolder(context);
  writeFileSync(join(root, "file"), "");
  assert.equal(refusal(() => tinyRun(root, "file")).code, "io-error");
  mkdirSync(join(root, "odd", "lock"), { recursive: true });
  assert.match(refusal(() => tinyRun(root, "odd")).message, /odd/);
  assert.ok(!existsSync(join(root, "odd", "run.json")));
});
