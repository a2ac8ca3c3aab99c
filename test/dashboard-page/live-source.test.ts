import assert from "node:assert/strict";
import { beforeEach, describe, test } from "node:test";
import type { Subscription } from "gradus/dashboard-protocol";
import { createLiveSource } from "../../apps/dashboard/src/data/live-source.ts";
import type { Source, SourceListener } from "../../apps/dashboard/src/data/source.ts";
import { FakeClock, FakeStream, settle } from "./stream.ts";

interface Request {
  readonly address: string;
  readonly method: string;
  readonly body: unknown;
}

describe("runs from a server", () => {
  let requests: Request[];
  let streams: FakeStream[];
  let clock: FakeClock;
  let answer: (address: string) => Response | Promise<Response>;
  let told: [string, ...unknown[]][];
  let wanted: Subscription["series"];
  let source: Source;

  const json = (data: unknown, status = 200) => new Response(JSON.stringify(data), { status });
  const last = () => {
    const stream = streams.at(-1);
    assert.ok(stream !== undefined);
    return stream;
  };
  const asked = (address: string) => requests.filter((request) => request.address === address);

  beforeEach(() => {
    [requests, streams, told, wanted] = [[], [], [], []];
    clock = new FakeClock();
    answer = (address) => json(address === "api/runs" ? { folder: "/f", version: "1", runs: [], cursor: "c/1" } : {});
    source = createLiveSource({
      async fetch(address, { method = "GET", body } = {}) {
        requests.push({ address, method, body: body === undefined ? undefined : JSON.parse(String(body)) });
        return answer(address);
      },
      openStream(address) {
        const stream = new FakeStream(address);
        streams.push(stream);
        return stream;
      },
      later: clock.later,
    });
  });

  async function start(): Promise<void> {
    const listener: SourceListener = {
      runs: (all) => told.push(["runs", all.cursor]),
      changed: (...what) => told.push(["changed", ...what]),
      points: (points) => told.push(["points", points]),
      wanted: () => wanted,
      failed: (error) => told.push(["failed", error.message]),
    };
    source.start(listener);
    await settle();
  }

  test("asks for all runs, then listens from their cursor", async () => {
    await start();
    assert.deepEqual(told, [["runs", "c/1"]]);
    assert.equal(last().address, "api/live?cursor=c%2F1");
    assert.equal(source.connection.value, "connecting");
    last().send("hello", { client: "me" });
    assert.equal(source.connection.value, "live");
    last().send("runs", { changed: [{ id: "a" }], gone: ["b"] });
    last().send("points", []);
    assert.deepEqual(told.slice(1), [
      ["changed", [{ id: "a" }], ["b"]],
      ["points", []],
    ]);
  });

  test("many changes of what is wanted are one subscription, and none is sent before the first hello", async () => {
    await start();
    source.subscribe();
    clock.run();
    assert.equal(asked("api/subscribe").length, 0);
    wanted = [{ run: "a", measure: "loss", cursor: 3, generation: 1 }];
    last().send("hello", { client: "me" });
    assert.deepEqual(asked("api/subscribe")[0]?.body, { client: "me", series: wanted });
    for (let count = 0; count < 50; count++) source.subscribe();
    assert.equal(clock.run(), 1);
    assert.equal(asked("api/subscribe").length, 2);
  });

  test("a connection that breaks is made again by the browser; its hello subscribes again, and nothing else is asked for", async () => {
    await start();
    last().send("hello", { client: "one" });
    last().fail(false);
    assert.equal(source.connection.value, "lost");
    assert.equal(clock.run(), 0);
    wanted = [{ run: "a", measure: "loss", cursor: 9, generation: 0 }];
    last().send("hello", { client: "two" });
    assert.equal(source.connection.value, "live");
    assert.deepEqual(asked("api/subscribe").at(-1)?.body, { client: "two", series: wanted });
    assert.equal(asked("api/runs").length, 1);
    assert.equal(streams.length, 1);
  });

  test("a connection that the browser gives up is made anew, with longer and longer waits", async () => {
    await start();
    last().send("hello", { client: "one" });
    last().fail(true);
    answer = () => Promise.reject(new TypeError("refused"));
    for (let count = 0; count < 6; count++) {
      clock.run();
      await settle();
    }
    assert.deepEqual(clock.waits, [1000, 2000, 4000, 8000, 10_000, 10_000, 10_000]);
    assert.equal(source.connection.value, "lost");
    assert.deepEqual(told.at(-1), ["failed", "The server does not answer."]);
    answer = () => json({ folder: "/f", version: "1", runs: [], cursor: "c2" });
    clock.run();
    await settle();
    last().send("hello", { client: "two" });
    assert.equal(source.connection.value, "live");
    assert.deepEqual(told.at(-1), ["runs", "c2"]);
  });

  test("what an old connection still tells is not heard", async () => {
    await start();
    const old = last();
    old.fail(true);
    clock.run();
    await settle();
    assert.equal(streams.length, 2);
    const before = told.length;
    old.send("points", []);
    assert.equal(told.length, before);
  });

  test("a server that has begun anew is asked for all runs again", async () => {
    await start();
    last().send("hello", { client: "one" });
    last().send("reset", {});
    await settle();
    assert.equal(asked("api/runs").length, 2);
    assert.equal(asked("api/subscribe").length, 2);
  });

  test("series are read from bytes; a refusal has its code; an answer that is none says so", async () => {
    await start();
    const series = [{ run: "a", measure: "loss" }];
    answer = () => new Response(Float64Array.from([1, 1, 1, 0, 0, 5, 6, 7, 8, 9]).buffer);
    const [frame] = await source.series({ series, points: 10 });
    assert.equal(frame?.places.lasts[0], 9);
    answer = () => json({ error: { code: "no-run", message: "No run a.", values: { run: "a" } } }, 404);
    await assert.rejects(source.series({ series, points: 10 }), {
      code: "no-run",
      message: "No run a.",
      values: { run: "a" },
    });
    answer = () => new Response("<h1>Bad gateway</h1>", { status: 502 });
    await assert.rejects(source.detail("a"), { code: "bad-answer", values: { status: 502 } });
    answer = () => Promise.reject(new TypeError("refused"));
    await assert.rejects(source.detail("a"), { code: "no-connection" });
  });

  test("names of runs stay in one part of an address", async () => {
    await start();
    await source.saveNotes("../a/b?c#d", "words");
    assert.deepEqual(requests.at(-1), {
      address: "api/runs/..%2Fa%2Fb%3Fc%23d/notes",
      method: "PUT",
      body: { notes: "words" },
    });
    assert.equal(source.exportAddress("a/b", "ko"), "api/runs/a%2Fb/export?lang=ko");
  });

  test("after the end nothing is asked for", async () => {
    await start();
    last().send("hello", { client: "one" });
    source.subscribe();
    last().fail(true);
    source.close();
    const before = requests.length;
    clock.run();
    await settle();
    assert.equal(requests.length, before);
  });
});
