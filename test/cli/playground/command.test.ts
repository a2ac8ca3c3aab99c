import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { describe, it } from "node:test";
import { runCli } from "../run-cli.ts";

/** The sources serve the page of the last full build, if there was one. */
const isBuilt = existsSync("dist/playground/index.html");

describe("gradus playground", () => {
  it("serves until Ctrl-C, and says where", {
    skip: isBuilt ? false : "the page is not built: npm run build",
  }, async () => {
    const run = await runCli(["playground", "--port", "0", "--json"], { interruptAt: /address/ });
    assert.equal(run.status, 0, run.errors);
    assert.match(String(run.json()[0]?.address), /^http:\/\/127\.0\.0\.1:\d+\/$/);
  });

  it("says what to do where the page is not built", { skip: isBuilt ? "the page is built" : false }, async () => {
    const run = await runCli(["playground"]);
    assert.equal(run.status, 2);
    assert.match(run.errors, /npm run build/);
  });

  it("refuses what is no port", { skip: isBuilt ? false : "the page is not built: npm run build" }, async () => {
    const run = await runCli(["playground", "--port", "80000"]);
    assert.equal(run.status, 2);
    assert.match(run.errors, /from 0 to 65535/);
  });
});
