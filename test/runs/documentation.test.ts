import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { scratchFolder } from "./scratch.ts";

const REPOSITORY = fileURLToPath(new URL("../..", import.meta.url));
const EXAMPLE = join(REPOSITORY, "examples/recorded-run.ts");

test("docs/runs.md shows the example unchanged, with the imports that users write", () => {
  const [comment, ...code] = readFileSync(EXAMPLE, "utf8").trimEnd().split("\n");
  assert.match(comment ?? "", /^\/\//);
  const shown = code.join("\n").replace('"../src/index.ts"', '"gradus"').replace('"../src/node.ts"', '"gradus/node"');
  assert.ok(readFileSync(join(REPOSITORY, "docs/runs.md"), "utf8").includes(`\`\`\`ts\n${shown}\n\`\`\``));
});

test("the example records a run that can be read", (context) => {
  const folder = join(scratchFolder(context), "run");
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", EXAMPLE, folder], {
    cwd: REPOSITORY,
    encoding: "utf8",
  });
  assert.equal(status, 0, stderr);
  assert.match(stdout, /two spirals: finished, 200 steps\nvalidation loss: 0\.\d+ after step 200/);
});
