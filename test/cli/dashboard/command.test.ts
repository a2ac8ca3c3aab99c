import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { runHere } from "../in-process.ts";
import { runCli } from "../run-cli.ts";
import { experimentFile, scratchFolder } from "../runs/experiment.ts";

/** The sources serve the page of the last full build, if there was one. */
const isBuilt = existsSync("dist/dashboard/index.html");
const needsPage = { skip: isBuilt ? false : "the page is not built: npm run build" };

const folder = scratchFolder("dashboard");
const runs = join(folder, "runs");
const file = experimentFile(folder);

describe("gradus dashboard", () => {
  it("serves until Ctrl-C, and says where, with a token", needsPage, async () => {
    await runHere(["train", file, "--run", "shown", "--runs", runs]);
    const run = await runCli(["dashboard", runs, "--port", "0", "--json"], { interruptAt: /address/ });
    assert.equal(run.status, 0, run.errors);
    assert.match(String(run.json()[0]?.address), /^http:\/\/127\.0\.0\.1:\d+\/\?token=\S{32,}$/);
  });

  it("refuses what is no port, other interfaces, and folders that are missing", needsPage, async () => {
    const port = await runHere(["dashboard", runs, "--port", "80000"]);
    assert.equal(port.status, 2);
    assert.match(port.errors, /from 0 to 65535/);
    const host = await runHere(["dashboard", runs, "--port", "0", "--host", "0.0.0.0"]);
    assert.equal(host.status, 2);
    assert.match(host.errors, /this machine only.*ssh -L/);
    const nowhere = await runHere(["dashboard", join(folder, "nowhere"), "--port", "0"]);
    assert.equal(nowhere.status, 2);
    assert.match(nowhere.errors, /error \(file-not-found\)/);
  });

  it("says what to do where the page is not built", { skip: isBuilt ? "the page is built" : false }, async () => {
    const run = await runHere(["dashboard", folder]);
    assert.equal(run.status, 2);
    assert.match(run.errors, /npm run build/);
  });
});

describe("gradus train --watch", () => {
  it("prints the address of a dashboard that ends with the training", needsPage, async () => {
    const run = await runCli(["train", file, "--run", "watched", "--runs", runs, "--watch", "--json"]);
    assert.equal(run.status, 0, run.errors);
    const address = String(run.json().find(({ type }) => type === "dashboard")?.address);
    assert.match(address, /^http:\/\/127\.0\.0\.1:\d+\/\?token=/);
    await gone(address);
  });

  it("leaves no dashboard behind when the training is killed", needsPage, async () => {
    const words = ["train", file, "--run", "killed", "--runs", runs, "--watch", "--epochs", "100000", "--json"];
    const run = await runCli(words, { interruptAt: /epochEnded/, signal: "SIGKILL" });
    assert.equal(run.status, null);
    // the last line may be torn
    const address = /"address":"([^"]+)"/.exec(run.out)?.[1] ?? "";
    assert.notEqual(address, "");
    await gone(address);
  });
});

describe("gradus runs export", () => {
  it("writes one file that holds the run", needsPage, async () => {
    const output = join(folder, "shown.html");
    const run = await runHere(["runs", "export", "shown", "--runs", runs, "--output", output]);
    assert.equal(run.status, 0, run.errors);
    const page = readFileSync(output, "utf8");
    assert.match(page, /<script type="application\/json" id="gradus-run">/);
    assert.ok(page.includes("train/loss"));
  });

  it("needs a place to write to", async () => {
    const run = await runHere(["runs", "export", "shown", "--runs", runs]);
    assert.equal(run.status, 2);
    assert.match(run.errors, /--output/);
  });
});

/** Waits until nothing answers at an address. */
async function gone(address: string): Promise<void> {
  for (;;) {
    const isThere = await fetch(address, { redirect: "manual" }).then(
      () => true,
      () => false,
    );
    if (!isThere) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
