import assert from "node:assert/strict";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type RunDetail, type RunSummary, type Runs, SERIES_FRAME } from "../../src/dashboard/protocol.ts";
import { type Dashboard, serveDashboard } from "../../src/dashboard/serve.ts";
import { createModel } from "../../src/nn/model.ts";
import { createRun } from "../../src/runs/create-run.ts";
import { scratchFolder } from "../io/scratch.ts";
import { type Asked, ask, Listener } from "./http.ts";

const scratch = scratchFolder();
const folder = join(scratch, "runs");
const page = join(scratch, "page");
const TOKEN = "0123456789abcdef";
const JSON_TYPE = { "content-type": "application/json" };

const MODEL = createModel({ inputShape: [2], layers: [{ type: "linear", units: 2 }] });

/** A name that would do harm wherever it is not taken as text. */
const HOSTILE = `<img src=x onerror=alert(1)>"'/../\u001b[31m__proto__`;

function makeRun(name: string, place: string, settings: Readonly<Record<string, number>>): void {
  const writer = createRun(join(folder, place), { name, settings, model: MODEL });
  for (let step = 1; step <= 1000; step++) {
    writer.add(step, { loss: step === 500 ? Number.NaN : step === 700 ? 99 : 1 / step, learningRate: 0.1 });
  }
  writer.addHistogram("layers/0/activations", 10, { low: -1, high: 1, counts: [1, 2, 3] });
  writer.writeEvent({ type: "stopped", reason: "finished", epoch: 1, step: 1000 });
  writer.close();
}

describe("the dashboard's server", { timeout: 60_000 }, () => {
  let served: Dashboard;
  const know = { authorization: `Bearer ${TOKEN}` };
  const get = (path: string, more: Asked = {}) =>
    ask(served.port, path, { ...more, headers: { ...know, ...more.headers } });
  const post = (path: string, body: unknown, more: Asked = {}) =>
    get(path, { method: "POST", body: JSON.stringify(body), ...more, headers: { ...JSON_TYPE, ...more.headers } });
  const runs = async () => (await get("/api/runs")).json() as Runs;

  before(async () => {
    mkdirSync(join(folder, "damaged"), { recursive: true });
    writeFileSync(join(folder, "damaged/run.json"), '{ "format": "gradus-run", ');
    makeRun(HOSTILE, "hostile", { seed: 1, rate: 0.1 });
    makeRun("second", "deep/second", { seed: 2, rate: 0.1 });
    makeRun("third", "third", { seed: 1, rate: 0.2 });
    mkdirSync(join(folder, "keras"));
    writeFileSync(join(folder, "keras/training.csv"), "epoch,loss,val_loss\n0,1,2\n1,0.5,1.5\n2,0.25,inf\n");
    writeFileSync(join(folder, "keras/data.csv"), "height,width,class\n1,2,a\n");
    mkdirSync(page);
    writeFileSync(join(page, "index.html"), "<!doctype html><html><head></head><body></body></html>");
    writeFileSync(join(scratch, "secret.txt"), "secret");
    served = await serveDashboard(folder, { host: "127.0.0.1", port: 0, pageFolder: page, token: TOKEN });
  });
  after(() => served.close());

  it("lists all runs: ours, tables, and damaged ones with their warning", async () => {
    const { runs: all, folder: root, cursor } = await runs();
    assert.equal(root, folder);
    assert.match(cursor, /^[0-9a-f]+\.\d+$/);
    const byId = new Map(all.map((run) => [run.id, run]));
    assert.deepEqual([...byId.keys()].sort(), ["damaged", "deep/second", "hostile", "keras/training.csv", "third"]);
    const hostile = byId.get("hostile") as RunSummary;
    assert.equal(hostile.name, HOSTILE);
    assert.equal(hostile.status, "finished");
    assert.deepEqual(hostile.settings, { seed: 1, rate: 0.1 });
    assert.deepEqual(hostile.measures[0], {
      name: "loss",
      count: 1000,
      last: 0.001,
      least: 0.001,
      most: 99,
      notFinite: 1,
    });
    assert.deepEqual(hostile.histograms, ["layers/0/activations"]);
    assert.equal(byId.get("deep/second")?.group, hostile.group);
    assert.notEqual(byId.get("third")?.group, hostile.group);
    assert.equal(byId.get("damaged")?.warnings, 1);
    assert.equal(byId.get("damaged")?.status, "unknown");
    const table = byId.get("keras/training.csv") as RunSummary;
    assert.equal(table.kind, "csv");
    assert.deepEqual(
      table.measures.find(({ name }) => name === "val_loss"),
      { name: "val_loss", count: 3, last: 1.5, least: 1.5, most: 2, notFinite: 1 },
    );
  });

  it("gives one run in detail, by an id with slashes", async () => {
    const { status, json } = await get(`/api/runs/${encodeURIComponent("deep/second")}`);
    assert.equal(status, 200);
    const detail = json() as RunDetail;
    assert.equal(detail.summary.name, "second");
    assert.deepEqual(detail.settings, { seed: 2, rate: 0.1 });
    assert.equal(detail.events.at(-1)?.type, "stopped");
    assert.equal(detail.isWritable, true);
    assert.match(((await get("/api/runs/damaged")).json() as RunDetail).warnings[0] ?? "", /run\.json/);
  });

  it("knows only ids of runs: paths lead nowhere", async () => {
    const paths = [
      "..",
      "%2e%2e",
      "..%2fsecret.txt",
      "%2fetc%2fpasswd",
      "deep",
      "deep/second",
      "__proto__",
      "constructor",
      "hostile%00",
      "%ff",
      "",
    ];
    for (const path of paths) assert.equal((await get(`/api/runs/${path}`)).status, 404, path);
    for (const path of paths.filter((each) => each !== "deep/second")) {
      assert.equal((await get(`/api/runs/${path}/export`)).status, 404, path);
      const { status } = await get(`/api/runs/${path}/notes`, {
        method: "PUT",
        headers: JSON_TYPE,
        body: '{"notes":"x"}',
      });
      assert.equal(status, 404, path);
    }
    for (const path of ["/api/", "/api/nowhere", "/api/__proto__", "/api/runs/hostile/nowhere"]) {
      assert.equal((await get(path)).status, 404, path);
    }
  });

  it("gives thinned curves in one answer, in the order of the request", async () => {
    const series = [
      { run: "hostile", measure: "loss" },
      { run: "nowhere", measure: "loss" },
      { run: "third", measure: "loss", from: 699, to: 701 },
    ];
    const { status, body, headers } = await post("/api/series", { series, points: 10 });
    assert.equal(status, 200);
    assert.equal(headers["content-type"], "application/octet-stream");
    const numbers = Array.from({ length: body.length / 8 }, (_, index) => body.readDoubleLE(8 * index));
    const { header, place, odd } = SERIES_FRAME;
    assert.deepEqual(numbers.slice(0, header), [10, 1000, 1000, 0, 1]);
    // the spike at 700 is in one place
    const highs = Array.from({ length: 10 }, (_, index) => numbers[header + index * place + 3]);
    assert.equal(highs.filter((high) => high === 99).length, 1);
    const second = header + 10 * place + odd;
    assert.deepEqual(numbers.slice(second - odd, second), [500, Number.NaN]);
    assert.deepEqual(numbers.slice(second, second + header), [0, 0, 0, 0, 0]);
    assert.deepEqual(numbers.slice(second + header, second + 2 * header), [3, 3, 1000, 0, 0]);
    assert.deepEqual(
      [0, 1, 2].map((index) => numbers[second + 2 * header + index * place + 4]),
      [1 / 699, 99, 1 / 701],
    );
  });

  it("gives histograms over time", async () => {
    const { json } = await post("/api/histograms", { run: "third", name: "layers/0/activations", most: 5 });
    const { points } = json() as { points: { step: number; counts: number[] }[] };
    assert.deepEqual(
      points.map(({ step, counts }) => [step, counts]),
      [[10, [1, 2, 3]]],
    );
    const none = await post("/api/histograms", { run: "third", name: "nothing", most: 5 });
    assert.deepEqual(none.json(), { points: [] });
  });

  it("keeps notes with the run, and refuses them for runs of other programs", async () => {
    const put = (id: string, notes: unknown) =>
      get(`/api/runs/${encodeURIComponent(id)}/notes`, {
        method: "PUT",
        headers: JSON_TYPE,
        body: JSON.stringify({ notes }),
      });
    const text = "# the good one\n<script>alert(1)</script> \u{1f600}";
    assert.equal((await put("third", text)).status, 200);
    assert.equal(((await get("/api/runs/third")).json() as RunDetail).notes, text);
    assert.equal((await put("keras/training.csv", text)).status, 400);
    assert.equal((await put("third", 7)).status, 400);
    assert.equal((await put("third", "x".repeat(2 ** 20 + 1))).status, 413);
  });

  it("judges a run by one click, in two languages", async () => {
    const { json, status } = await post("/api/runs/third/diagnose?lang=ko", {});
    assert.equal(status, 200);
    const { diagnosis, html } = json() as { diagnosis: { schema: string; findings: unknown[] }; html: string };
    assert.equal(diagnosis.schema, "gradus-diagnosis/1");
    assert.match(html, /<html lang="ko">/);
    assert.match(((await post("/api/runs/hostile/diagnose", {})).json() as { html: string }).html, /&lt;img src=x/);
    assert.equal((await post("/api/runs/third/diagnose?lang=tlh", {})).status, 400);
    assert.equal((await post("/api/runs/damaged/diagnose", {})).status, 400);
  });

  it("refuses other methods, other content types, what is no JSON, and bodies without end", async () => {
    for (const [path, method] of [
      ["/api/runs", "POST"],
      ["/api/series", "GET"],
      ["/api/runs/third", "DELETE"],
      ["/api/runs/third/notes", "POST"],
      ["/", "POST"],
    ] as const) {
      const { status, headers } = await get(path, { method, headers: JSON_TYPE, body: method === "GET" ? "" : "{}" });
      assert.equal(status, 405, path);
      assert.ok(headers.allow !== undefined);
    }
    const types = [
      "text/plain",
      "application/x-www-form-urlencoded",
      "application/jsonx",
      "multipart/form-data; boundary=x",
    ];
    for (const type of types) {
      assert.equal((await post("/api/series", {}, { headers: { "content-type": type } })).status, 400, type);
    }
    for (const body of [
      "",
      "{",
      "[]",
      "null",
      '{"series":{},"points":1}',
      '{"series":[],"points":0}',
      '{"series":[{"run":1,"measure":"loss"}],"points":5}',
      "[".repeat(100_000),
    ]) {
      const { status } = await post("/api/series", {}, { body });
      assert.ok(status === 400 || status === 413, `${body.slice(0, 50)}: ${status}`);
    }
    const large = Buffer.alloc(5 * 2 ** 20, " ");
    assert.equal((await post("/api/series", {}, { body: large })).status, 413);
    assert.equal(
      (await post("/api/series", {}, { body: large, headers: { "transfer-encoding": "chunked" } })).status,
      413,
    );
    const much = { series: Array.from({ length: 5000 }, () => ({ run: "third", measure: "loss" })), points: 2_000_000 };
    assert.equal((await post("/api/series", much)).status, 413);
    assert.equal((await post("/api/subscribe", { client: "nobody", series: [] })).status, 404);
  });

  it("tells of a run that comes, grows and goes", async () => {
    const { cursor } = await runs();
    const listener = await Listener.open(served.port, `/api/live?cursor=${cursor}`, know);
    const { data } = await listener.next(({ name }) => name === "hello");
    const writer = createRun(join(folder, "new"), {
      name: "new",
      settings: {},
      model: MODEL,
    });
    writer.add(1, { loss: 0.5 });
    writer.flush();
    await listener.next(({ name, data: said }) => name === "runs" && JSON.stringify(said).includes('"id":"new"'));
    const { client } = data as { client: string };
    const subscribed = await post("/api/subscribe", {
      client,
      series: [{ run: "new", measure: "loss", cursor: 0, generation: 0 }],
    });
    assert.equal(subscribed.status, 200);
    await listener.next(({ name, data: said }) => name === "points" && JSON.stringify(said).includes('"values":[0.5]'));
    writer.add(2, { loss: Number.NaN });
    writer.flush();
    await listener.next(
      ({ name, data: said }) => name === "points" && JSON.stringify(said).includes('"values":["NaN"]'),
    );
    writer.close();
    rmSync(join(folder, "new"), { recursive: true });
    await listener.next(({ name, data: said }) => name === "runs" && JSON.stringify(said).includes('"gone":["new"]'));
    assert.equal((await get("/api/runs/new")).status, 404);
    listener.close();
  });
});

describe("what is served", { timeout: 60_000 }, () => {
  const options = { host: "127.0.0.1", port: 0, pageFolder: scratch, token: TOKEN };
  const know = { headers: { authorization: `Bearer ${TOKEN}` } };

  it("may be a folder without runs, to which one comes", async () => {
    const empty = join(scratch, "empty");
    mkdirSync(empty);
    const served = await serveDashboard(empty, options);
    assert.deepEqual(((await ask(served.port, "/api/runs", know)).json() as Runs).runs, []);
    writeFileSync(join(empty, "log.jsonl"), '{"step":1,"loss":0.5}\n');
    const { runs } = (await ask(served.port, "/api/runs", know)).json() as Runs;
    assert.deepEqual(
      runs.map(({ id, kind }) => [id, kind]),
      [["log.jsonl", "json-lines"]],
    );
    await served.close();
  });

  it("may be one run's folder, or one log", async () => {
    for (const [path, kind] of [
      ["runs/third", "gradus"],
      ["runs/keras/training.csv", "csv"],
    ] as const) {
      const served = await serveDashboard(join(scratch, path), options);
      const { runs } = (await ask(served.port, "/api/runs", know)).json() as Runs;
      assert.deepEqual(
        runs.map((run) => [run.id, run.kind]),
        [["./", kind]],
      );
      const detail = await ask(served.port, `/api/runs/${encodeURIComponent("./")}`, know);
      assert.equal((detail.json() as RunDetail).summary.kind, kind);
      await served.close();
    }
  });

  it("is missing where nothing is", async () => {
    await assert.rejects(serveDashboard(join(scratch, "nowhere"), options), { code: "file-not-found" });
  });
});
