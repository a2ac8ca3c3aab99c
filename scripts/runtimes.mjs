// Installs other versions of Node, Bun and Deno from the npm registry into .data/runtimes (some 700 MB), for test/package/runtimes.test.ts.
// What cannot be installed is left out, and its tests are skipped.
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(".data", "runtimes");
const system = `${process.platform === "win32" ? "win" : process.platform}-${process.arch}`;

/** Package by the name that it is installed under. */
const PACKAGES = {
  node20: `npm:node-${system}@20`,
  node22: `npm:node-${system}@22`,
  node24: `npm:node-${system}@24`,
  bun: "1",
  deno: "2",
};

mkdirSync(folder, { recursive: true });
writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true }));
for (const [name, version] of Object.entries(PACKAGES)) {
  const args = ["install", "--no-audit", "--no-fund", "--silent", "--prefix", folder, `${name}@${version}`];
  const { status } = spawnSync("npm", args, {
    stdio: "inherit",
    timeout: 120_000,
    shell: process.platform === "win32",
  });
  console.log(`${name}: ${status === 0 ? "installed" : "could not be installed"}`);
}
