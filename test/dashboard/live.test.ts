import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, describe, it } from "node:test";
import { RunFolder } from "../../src/dashboard/folder/run-folder.ts";
import { closeServer, listen } from "../../src/dashboard/http/listen.ts";
import { LiveHub } from "../../src/dashboard/live/hub.ts";
import type { LiveEvents } from "../../src/dashboard/protocol.ts";
import { FakeRun } from "./fake-run.ts";
import { Listener } from "./http.ts";

const ends: (() => Promise<unknown>)[] = [];
after(() => Promise.all(ends.map((end) => end())));

/** A hub over runs in memory, behind a real server; ticks are made by hand. */
async function hubOf(runs: readonly FakeRun[]) {
  let found: readonly FakeRun[] | undefined = runs;
  const folder = new RunFolder(() => {
    const now = found?.map((run) => run.found);
    found = undefined;
    return now;
  });
  while (!folder.isOpen) folder.openSome(1000);
  const find = (these: readonly FakeRun[]) => {
    found = these;
  };
  return { find, ...(await serveHub(folder)) };
}

async function serveHub(folder: RunFolder) {
  const hub = new LiveHub(folder, { tickMs: 2 ** 30 });
  const server = createServer(({ url = "/", headers }, response) => {
    const cursor = new URL(url, "http://localhost").searchParams.get("cursor") ?? undefined;
    hub.connect(response, headers["last-event-id"]?.toString() ?? cursor);
  });
  const port = await listen(server, { host: "127.0.0.1", port: 0 });
  ends.push(async () => {
    hub.close();
    await closeServer(server);
  });
  return { folder, hub, port };
}

async function clientOf(listener: Listener): Promise<string> {
  const { data } = await listener.next(({ name }) => name === "hello");
  return (data as LiveEvents["hello"]).client;
}

const loss = (run: string, cursor = 0, generation = 0) => ({ run, measure: "loss", cursor, generation });

const count = (from: number, length: number) =>
  Array.from({ length }, (_, index): [number, number] => [from + index, 1 / (1 + index)]);

describe("live events", { timeout: 60_000 }, () => {
  it("tell new points of what a client wants to hear about, and nothing twice", async () => {
    const [a, b] = [new FakeRun("a"), new FakeRun("b")];
    const { hub, port } = await hubOf([a, b]);
    const listener = await Listener.open(port, `/?cursor=${hub.cursor}`);
    const client = await clientOf(listener);
    a.add("loss", [1, 0.5], [2, Number.NaN]);
    b.add("loss", [1, 0.7]);
    hub.tick();
    await listener.next(({ name }) => name === "runs");
    hub.subscribe({ client, series: [loss("a")] });
    const { data } = await listener.next(({ name }) => name === "points");
    assert.deepEqual(data, [{ ...loss("a", 2), steps: [1, 2], times: [1001, 1002], values: [0.5, "NaN"] }]);
    a.add("loss", [3, Number.NEGATIVE_INFINITY]);
    hub.tick();
    const before = listener.events.length;
    const next = await listener.next(({ name }) => name === "points", before);
    assert.deepEqual(next.data, [{ ...loss("a", 3), steps: [3], times: [1003], values: ["-Infinity"] }]);
    listener.close();
  });

  it("cost nothing when nothing is new but a comment now and then", async () => {
    const runs = Array.from({ length: 50 }, (_, index) => new FakeRun(`run ${index}`));
    for (const run of runs) run.add("loss", ...count(1, 100));
    const { hub, port } = await hubOf(runs);
    const listener = await Listener.open(port, `/?cursor=${hub.cursor}`);
    const client = await clientOf(listener);
    hub.subscribe({ client, series: runs.map(({ id }) => loss(id, 100)) });
    const before = listener.bytes;
    for (let tick = 0; tick < 30; tick++) hub.tick();
    runs[7]?.add("loss", [101, 0.25]);
    hub.tick();
    const { data } = await listener.next(({ name }) => name === "points");
    assert.deepEqual(data, [{ ...loss("run 7", 101), steps: [101], times: [1101], values: [0.25] }]);
    assert.equal(listener.comments, 2);
    // one change of one run, one point, two comments
    assert.ok(listener.bytes - before < 500, `${listener.bytes - before} bytes`);
    // one look at each run in each tick
    assert.deepEqual(new Set(runs.map(({ refreshes }) => refreshes)), new Set([32]));
    listener.close();
  });

  it("cost bytes in proportion to new points", async () => {
    const run = new FakeRun("run");
    run.add("loss", [0, 1]);
    // what is known costs nothing
    for (let index = 0; index < 200; index++) run.add(`layers/${index}/gradientNorm`, [0, 1]);
    run.settings = Object.fromEntries(count(0, 500).map(([index]) => [`setting ${index}`, index]));
    const { hub, port } = await hubOf([run]);
    const listener = await Listener.open(port, `/?cursor=${hub.cursor}`);
    const client = await clientOf(listener);
    hub.subscribe({ client, series: [loss("run", 1)] });
    const bytesFor = async (points: number, from: number): Promise<number> => {
      const before = listener.bytes;
      const seen = listener.events.length;
      // as many digits in each
      run.add("loss", ...Array.from({ length: points }, (_, index): [number, number] => [from + index, 0.125]));
      hub.tick();
      await listener.next(({ name }) => name === "points", seen);
      return listener.bytes - before;
    };
    // the least value changes once
    await bytesFor(1, 10_000);
    const one = await bytesFor(1, 15_000);
    const ten = await bytesFor(10, 20_000);
    const thousand = await bytesFor(1000, 30_000);
    assert.ok(one < 400, `${one} bytes for one point`);
    const each = (ten - one) / 9;
    assert.ok(Math.abs((thousand - ten) / 990 - each) < 1, `${one}, ${ten}, ${thousand} bytes`);
    listener.close();
  });

  it("repeat only the fields that changed", async () => {
    const run = new FakeRun("run");
    run.add("loss", [1, 0.5]);
    run.add("accuracy", [1, 0.5]);
    const { hub, port } = await hubOf([run]);
    const listener = await Listener.open(port, `/?cursor=${hub.cursor}`);
    await clientOf(listener);
    run.add("loss", [2, 0.75]);
    hub.tick();
    const { data } = await listener.next(({ name }) => name === "runs");
    assert.deepEqual(data, {
      changed: [{ id: "run", step: 2, measures: [{ name: "loss", count: 2, last: 0.75, most: 0.75 }] }],
      gone: [],
    });
    listener.close();
  });

  it("go on from where a connection broke", async () => {
    const [a, b, c] = [new FakeRun("a"), new FakeRun("b"), new FakeRun("c")];
    const { hub, port, find } = await hubOf([a, b]);
    const first = await Listener.open(port, "/");
    await clientOf(first);
    a.add("loss", [1, 0.5]);
    hub.tick();
    const { id } = await first.next(({ name }) => name === "runs");
    first.close();
    a.status = "finished";
    a.touch();
    find([a, c]);
    for (let tick = 0; tick < 3; tick++) hub.tick();
    const second = await Listener.open(port, "/?cursor=nonsense", { "last-event-id": id });
    const { data } = await second.next(({ name }) => name === "runs");
    const { changed, gone } = data as LiveEvents["runs"];
    assert.deepEqual(gone, ["b"]);
    assert.deepEqual(changed[0], { id: "a", status: "finished" });
    assert.equal(changed[1]?.id, "c");
    assert.equal(changed[1]?.isWhole, true);
    assert.notEqual(await clientOf(second), await clientOf(first));
    second.close();
  });

  it("tell what a run is that has just come, once it is read", async () => {
    const [a, b] = [new FakeRun("a"), new FakeRun("b")];
    b.add("loss", [1, 0.5]);
    const { hub, port, find } = await hubOf([a]);
    const listener = await Listener.open(port, "/");
    await clientOf(listener);
    find([a, b]);
    for (let tick = 0; tick < 3; tick++) hub.tick();
    const { data } = await listener.next(({ name }) => name === "runs");
    const [change] = (data as LiveEvents["runs"]).changed;
    assert.deepEqual([change?.id, change?.isLoading, change?.measures?.[0]?.last], ["b", undefined, 0.5]);
    listener.close();
  });

  it("say so to a client that comes from an earlier server", async () => {
    const { hub, port } = await hubOf([new FakeRun("a")]);
    for (const cursor of ["0123456789ab.1", "x", "..", `${hub.cursor}9`]) {
      const listener = await Listener.open(port, `/?cursor=${cursor}`);
      await listener.next(({ name }) => name === "reset");
      listener.close();
    }
  });

  it("let a client ask again for what was taken back, or grew too much", async () => {
    const run = new FakeRun("run");
    run.add("loss", ...count(1, 10));
    const { hub, port } = await hubOf([run]);
    const listener = await Listener.open(port, "/");
    const client = await clientOf(listener);
    hub.subscribe({ client, series: [loss("run", 10)] });
    run.takeBack(5);
    run.add("loss", ...count(6, 20));
    hub.tick();
    const { data } = await listener.next(({ name }) => name === "points");
    assert.deepEqual(data, [{ ...loss("run", 25, 1), isVoid: true, steps: [], times: [], values: [] }]);
    run.add("loss", ...count(100, 100_000));
    const seen = listener.events.length;
    hub.tick();
    const next = await listener.next(({ name }) => name === "points", seen);
    assert.deepEqual(next.data, [{ ...loss("run", 100_025, 1), isVoid: true, steps: [], times: [], values: [] }]);
    listener.close();
  });

  it("let a client ask again for a run that was replaced by another one", async () => {
    const [old, other] = [new FakeRun("run"), new FakeRun("run")];
    old.add("loss", ...count(1, 10));
    other.add("loss", ...count(1, 20));
    let current = old;
    const folder = new RunFolder(() => [
      { ...old.found, open: () => current.found.open(), identity: () => current.identity },
    ]);
    folder.openSome(1000);
    const { port, hub } = await serveHub(folder);
    const listener = await Listener.open(port, "/");
    const client = await clientOf(listener);
    hub.subscribe({ client, series: [loss("run", 10)] });
    current = other;
    other.identity = "other";
    hub.tick();
    const { data } = await listener.next(({ name }) => name === "points");
    assert.deepEqual(data, [{ ...loss("run", 20), isVoid: true, steps: [], times: [], values: [] }]);
    listener.close();
  });

  it("keep nothing in queues for a client that does not read", async () => {
    const run = new FakeRun("run");
    run.add("loss", [0, 1]);
    const { hub, port } = await hubOf([run]);
    const listener = await Listener.open(port, "/");
    const client = await clientOf(listener);
    // the same series many times, for many bytes
    hub.subscribe({ client, series: Array.from({ length: 20 }, () => loss("run", 1)) });
    listener.pause();
    let step = 1;
    // far more than all buffers on the way hold
    for (let tick = 0; tick < 100; tick++) {
      run.add("loss", ...count(step, 400));
      step += 400;
      hub.tick();
      await new Promise((go) => setImmediate(go));
    }
    assert.ok(hub.waitingBytes > 0 && hub.waitingBytes < 2 ** 20, `${hub.waitingBytes} bytes are waiting`);
    listener.resume();
    run.add("loss", [step, 1]);
    while (!listener.events.some(({ name, data }) => name === "points" && isUpTo(data, step + 1))) {
      hub.tick();
      await new Promise((go) => setTimeout(go, 5));
    }
    listener.close();
  });

  it("refuse to subscribe for a client that is gone", async () => {
    const { hub } = await hubOf([new FakeRun("a")]);
    assert.throws(() => hub.subscribe({ client: "x", series: [] }), { code: "file-not-found" });
  });
});

const isUpTo = (data: unknown, cursor: number) =>
  (data as LiveEvents["points"]).some((points) => points.cursor === cursor);
