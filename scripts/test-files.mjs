// Finds and runs test files; shared by test.mjs and test-properties.mjs.
import { spawnSync } from "node:child_process";
import { readdirSync } from "node:fs";
import { join } from "node:path";

/** Every test file under test/, or those whose path contains one of the filters. */
export function testFiles(filters) {
  return readdirSync("test", { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".test.ts"))
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((path) => filters.length === 0 || filters.some((filter) => path.includes(filter)))
    .sort();
}

/** Runs test files with Node's own test runner and returns the exit status. All properties in them draw from one seed
 *  (test/support/seed.ts): GRADUS_SEED, or a fixed one. What failed is told again at the end, where a log that was cut still has it. */
export function runTests(files, { env = process.env, reporter = "spec" } = {}) {
  const flags = ["--import", "tsx", "--import", "./test/support/seed.ts", "--test", `--test-reporter=${reporter}`];
  const { status } = spawnSync(process.execPath, [...flags, ...files], { stdio: "inherit", env });
  return status ?? 1;
}
