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
  const { name, threads } = await openBackend();
  console.log(first, name, threads, processPlaces());
}
main();
`;

for (const format of ["esm", "cjs"] as const) {
  test(`bundled into one file (${format}), wasm runs on two threads, needs no other file, and prints no warning`, () => {
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

test("backends are loaded when they are opened: what a page loads first has no assembler and no WebAssembly", () => {
  const { metafile } = buildSync({
    entryPoints: [resolve("src/engine/select-backend.ts")],
    outdir: tmpdir(),
    format: "esm",
    bundle: true,
    splitting: true,
    write: false,
    metafile: true,
    platform: "node",
    external: ["koffi"],
    logLevel: "silent",
  });
  const outputs = metafile?.outputs ?? {};
  /** The sources that come with an output, and with what it imports at once. */
  const sourcesOf = (name: string, seen = new Set<string>()): readonly string[] => {
    if (seen.has(name)) return [];
    seen.add(name);
    const { inputs = {}, imports = [] } = outputs[name] ?? {};
    const atOnce = imports.filter(({ kind }) => kind === "import-statement");
    return [...Object.keys(inputs), ...atOnce.flatMap(({ path }) => sourcesOf(path, seen))];
  };
  const find = (part: string) => Object.entries(outputs).find(([, { entryPoint }]) => entryPoint?.includes(part))?.[0];
  const first = sourcesOf(find("select-backend") as string);
  assert.ok(first.some((path) => path.endsWith("select-backend.ts")));
  const late = /\/(codegen|compiler|runtime\/(native|wasm|reference))\//;
  assert.deepEqual(
    first.filter((path) => late.test(path)),
    [],
  );
  const wasm = sourcesOf(find("engine/wasm/backend") as string);
  assert.ok(wasm.some((path) => path.includes("codegen/wasm")));
  assert.deepEqual(
    wasm.filter((path) => /x64|runtime\/native/.test(path)),
    [],
  );
});
