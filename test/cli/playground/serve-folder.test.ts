import assert from "node:assert/strict";
import { mkdirSync, writeFileSync } from "node:fs";
import { get as httpGet } from "node:http";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { type ServedFolder, serveFolder } from "../../../src/cli/playground/serve-folder.ts";
import { GradusError } from "../../../src/core/errors.ts";
import { scratchFolder } from "../../io/scratch.ts";

const scratch = scratchFolder();
const HERE = { host: "127.0.0.1", port: 0 } as const;

describe("a served folder", () => {
  let served: ServedFolder;
  before(async () => {
    const folder = join(scratch, "page");
    mkdirSync(join(folder, "assets"), { recursive: true });
    mkdirSync(join(folder, "data"));
    writeFileSync(join(folder, "../secret.txt"), "secret");
    writeFileSync(join(folder, "index.html"), "<!doctype html>");
    writeFileSync(join(folder, "assets/main-1a2b.js"), "export {};");
    writeFileSync(join(folder, "data/mnist.bin.gz"), "bytes");
    writeFileSync(join(folder, "two words \u00e4.txt"), "text");
    served = await serveFolder(folder, HERE);
  });
  after(() => served.close());

  /** By a path as it is, which fetch() would tidy up. */
  const statusOf = (path: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const { port } = new URL(served.address);
      httpGet({ host: HERE.host, port, path }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).on("error", reject);
    });

  it("gives files with their types, and every answer the headers of isolation", async () => {
    const types = {
      "": /^text\/html/,
      "assets/main-1a2b.js": /^text\/javascript/,
      "data/mnist.bin.gz": /^application\/gzip$/,
    };
    for (const [path, type] of Object.entries(types)) {
      const answer = await fetch(served.address + path);
      assert.equal(answer.status, 200);
      assert.match(answer.headers.get("content-type") ?? "", type);
      // the page unpacks it
      assert.equal(answer.headers.get("content-encoding"), null);
      assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    }
    for (const path of ["", "nowhere"]) {
      const { headers } = await fetch(served.address + path);
      assert.equal(headers.get("cross-origin-opener-policy"), "same-origin");
      assert.equal(headers.get("cross-origin-embedder-policy"), "require-corp");
    }
    assert.equal(await (await fetch(`${served.address}two%20words%20%C3%A4.txt?query`)).text(), "text");
  });

  it("lets browsers keep files that are named by their content, and asks about the others", async () => {
    const asset = await fetch(`${served.address}assets/main-1a2b.js`);
    assert.match(asset.headers.get("cache-control") ?? "", /immutable/);
    const page = await fetch(served.address);
    assert.equal(page.headers.get("cache-control"), "no-cache");
    const again = await fetch(served.address, { headers: { "if-none-match": page.headers.get("etag") ?? "" } });
    assert.equal(again.status, 304);
  });

  it("answers HEAD without a body, and refuses what would change something", async () => {
    const head = await fetch(served.address, { method: "HEAD" });
    assert.equal(head.headers.get("content-length"), "15");
    assert.equal(await head.text(), "");
    const post = await fetch(served.address, { method: "POST", body: "x" });
    assert.deepEqual([post.status, post.headers.get("allow")], [405, "GET, HEAD"]);
  });

  it("finds nothing outside, in whatever spelling", async () => {
    const paths = [
      "/../secret.txt",
      "/assets/../../secret.txt",
      "/%2e%2e/secret.txt",
      "/..%2fsecret.txt",
      "/..%5csecret.txt",
      "/..\\secret.txt",
      "//etc/passwd",
      "/%00",
      "/%",
      "/index.html%00.txt",
      "http://elsewhere/secret.txt",
      "/assets",
      "/assets/",
      "/nowhere",
    ];
    for (const path of paths) assert.equal(await statusOf(path), 404, path);
    assert.equal(await statusOf("/assets/../index.html"), 200);
  });

  it("says that a port is in use", async () => {
    const port = Number(new URL(served.address).port);
    await assert.rejects(
      serveFolder(".", { ...HERE, port }),
      (error) => error instanceof GradusError && error.code === "io-error" && error.values.code === "EADDRINUSE",
    );
  });
});
