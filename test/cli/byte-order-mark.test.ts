import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { readExperiment } from "../../src/cli/experiment.ts";
import { readLog } from "../../src/files/logs/read-log.ts";
import { scratchFolder } from "../io/scratch.ts";

const folder = scratchFolder();
const write = (name: string, text: string) => {
  const path = join(folder, name);
  writeFileSync(path, `\ufeff${text}`);
  return path;
};

test("JSON may begin with a byte order mark: experiments and logs", async () => {
  const experiment = { data: "xor", loss: "mse" };
  assert.deepEqual(await readExperiment(write("marked.json", JSON.stringify(experiment))), experiment);
  const lines = [1, 2, 3].map((step) => JSON.stringify({ step, loss: 1 / step }));
  for (const name of ["marked.jsonl", "marked.log"]) {
    const log = await readLog(write(name, lines.join("\n")));
    assert.deepEqual(log.warnings, []);
    assert.deepEqual(
      log.understood.map(({ name, points }) => [name, points]),
      [
        ["step", 3],
        ["loss", 3],
      ],
    );
  }
});
