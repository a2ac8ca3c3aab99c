import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";

const require = createRequire(import.meta.url);
const { buildSync } = createRequire(require.resolve("tsx"))("esbuild") as typeof import("esbuild");

const ENTRY = `
import { processPlaces } from ${JSON.stringify(resolve("src/processes/run-process.ts"))};
import { ones, openBackend } from ${JSON.stringify(resolve("src/index.ts"))};
async function main() {
  const [first] = await ones([300, 300]).matmul(ones([300, 300])).add(1).data();
  console.log(first, openBackend().name, openBackend().threads, processPlaces());
}
main();
`;

for (const format of ["esm", "cjs"] as const) {
  test(`bundled into one file (${format}), wasm runs on two threads, needs no other file and prints nothing`, () => {
    const folder = mkdtempSync(join(tmpdir(), "gradus-bundle-"));
    try {
      const [entry, outfile] = [join(folder, "entry.ts"), join(folder, format === "esm" ? "main.mjs" : "main.cjs")];
      writeFileSync(entry, ENTRY);
      buildSync({
        entryPoints: [entry],
        outfile,
        format,
        bundle: true,
        platform: "node",
        external: ["koffi"],
        logLevel: "silent",
      });
      const env = { ...process.env, GRADUS_BACKEND: "wasm", GRADUS_THREADS: "2" };
      const { status, stdout, stderr } = spawnSync(process.execPath, [outfile], {
        env,
        encoding: "utf8",
        timeout: 60_000,
      });
      assert.deepEqual({ status, stdout, stderr }, { status: 0, stdout: "301 wasm 2 undefined\n", stderr: "" });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
