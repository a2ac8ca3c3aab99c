import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type Dashboard, serveDashboard } from "../../src/dashboard/serve.ts";
import { scratchFolder } from "../io/scratch.ts";
import { type Asked, ask } from "./http.ts";

const scratch = scratchFolder();
const folder = join(scratch, "runs");
const page = join(scratch, "page");
const TOKEN = "0123456789abcdef";
const JSON_TYPE = { "content-type": "application/json" };

describe("access to the dashboard's server", { timeout: 60_000 }, () => {
  let served: Dashboard;
  const know = { authorization: `Bearer ${TOKEN}` };
  const get = (path: string, more: Asked = {}) =>
    ask(served.port, path, { ...more, headers: { ...know, ...more.headers } });
  const post = (path: string, body: unknown, more: Asked = {}) =>
    get(path, { method: "POST", body: JSON.stringify(body), ...more, headers: { ...JSON_TYPE, ...more.headers } });

  before(async () => {
    for (const each of [folder, page]) mkdirSync(each);
    writeFileSync(join(folder, "log.csv"), "epoch,loss\n0,1\n");
    writeFileSync(join(page, "index.html"), "<!doctype html><html><head></head><body></body></html>");
    writeFileSync(join(scratch, "secret.txt"), "secret");
    served = await serveDashboard(folder, { host: "127.0.0.1", port: 0, pageFolder: page, token: TOKEN });
  });
  after(() => served.close());

  describe("lets in who knows the token, and no other", () => {
    it("by the printed address, which becomes a cookie that no script reads", async () => {
      const { pathname, search, port } = new URL(served.address);
      assert.equal(Number(port), served.port);
      const first = await ask(served.port, pathname + search);
      assert.equal(first.status, 303);
      assert.equal(first.headers.location, "/");
      const [cookie = ""] = first.headers["set-cookie"] ?? [];
      assert.match(cookie, /; HttpOnly/);
      assert.match(cookie, /; SameSite=Strict/);
      const [value = ""] = cookie.split(";");
      assert.equal((await ask(served.port, "/", { headers: { cookie: `other=1; ${value}` } })).status, 200);
      assert.equal((await ask(served.port, "/api/runs", { headers: { cookie: value } })).status, 200);
    });

    it("makes a token of 32 random bytes where none is given", async () => {
      const other = await serveDashboard(folder, { host: "127.0.0.1", port: 0, pageFolder: page });
      const token = new URL(other.address).searchParams.get("token") ?? "";
      assert.equal(Buffer.from(token, "base64url").length, 32);
      // the token of another server is none
      assert.equal((await ask(other.port, "/api/runs", { headers: know })).status, 401);
      await other.close();
    });

    it("says 401 without it, whatever is asked for", async () => {
      for (const path of [
        "/",
        "/index.html",
        "/api/runs",
        "/api/live",
        "/nowhere",
        "/?token=wrong",
        "/api/runs?token=",
      ]) {
        assert.equal((await ask(served.port, path)).status, 401, path);
      }
      const wrong = { cookie: `gradus-${served.port}=${TOKEN}x`, authorization: "Bearer x" };
      assert.equal((await ask(served.port, "/api/runs", { headers: wrong })).status, 401);
      assert.equal(
        (await ask(served.port, "/api/series", { method: "POST", headers: JSON_TYPE, body: "{}" })).status,
        401,
      );
    });

    it("tells a person what to do, a program what went wrong", async () => {
      const person = await ask(served.port, "/", { headers: { accept: "text/html,*/*" } });
      assert.equal(person.status, 401);
      assert.match(person.headers["content-type"] ?? "", /^text\/plain/);
      assert.match(person.body.toString(), /Open the address that it printed/);
      const program = (await ask(served.port, "/")).json() as { error: { code: string } };
      assert.equal(program.error.code, "unauthorized");
    });

    it("refuses names of other machines and other ports in Host", async () => {
      const port = served.port;
      const hosts = [
        "evil.example",
        `evil.example:${port}`,
        "127.0.0.1",
        `127.0.0.1:${port + 1}`,
        `127.0.0.1.evil.example:${port}`,
      ];
      for (const host of hosts) assert.equal((await get("/api/runs", { headers: { host } })).status, 403, host);
      for (const host of [`localhost:${port}`, `LOCALHOST:${port}`, `[::1]:${port}`]) {
        assert.equal((await get("/api/runs", { headers: { host } })).status, 200, host);
      }
    });

    it("refuses requests of pages of other origins, of this machine too", async () => {
      const origins = [
        "https://evil.example",
        "null",
        `http://127.0.0.1:${served.port + 1}`,
        `https://127.0.0.1:${served.port}`,
        `http://localhost:${served.port}`,
      ];
      for (const origin of origins) {
        assert.equal((await get("/api/runs", { headers: { origin } })).status, 403, origin);
        assert.equal(
          (await post("/api/series", { series: [], points: 1 }, { headers: { origin } })).status,
          403,
          origin,
        );
      }
      const own = { origin: `http://127.0.0.1:${served.port}` };
      assert.equal((await get("/api/runs", { headers: own })).status, 200);
      for (const site of ["cross-site", "same-site"]) {
        assert.equal((await get("/api/runs", { headers: { "sec-fetch-site": site } })).status, 403, site);
      }
      for (const site of ["same-origin", "none"]) {
        assert.equal((await get("/api/runs", { headers: { "sec-fetch-site": site } })).status, 200, site);
      }
    });

    it("listens on this machine only", async () => {
      for (const host of ["0.0.0.0", "::", "192.168.1.2", "example.org"]) {
        await assert.rejects(serveDashboard(folder, { host, port: 0, pageFolder: page }), { code: "bad-argument" });
      }
    });
  });

  it("forbids scripts in the markup, frames around the page, and other places to load from", async () => {
    for (const path of ["/", "/api/runs", "/nowhere"]) {
      const policy = (await get(path)).headers["content-security-policy"] as string;
      assert.match(policy, /default-src 'none'/);
      assert.match(policy, /script-src 'self'(;|$)/);
      assert.match(policy, /frame-ancestors 'none'/);
    }
  });

  it("serves the page's files, and nothing outside their folder", async () => {
    assert.equal((await get("/")).status, 200);
    for (const path of [
      "/../secret.txt",
      "/%2e%2e/secret.txt",
      "/..%2fsecret.txt",
      "/..%5csecret.txt",
      "/%00",
      "//etc/passwd",
    ]) {
      const { status, body } = await get(path);
      assert.equal(status, 404, path);
      assert.doesNotMatch(body.toString(), /secret/);
    }
  });
});
