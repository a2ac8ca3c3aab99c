import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { GradusError } from "../../src/core/errors.ts";
import { requireNativeHost } from "../../src/runtime/native/ffi.ts";
import { createPlatform } from "../../src/runtime/native/platform/index.ts";
import { nativeMachine, skipNative } from "./native-machine.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const SELECT = pathToFileURL(join(ROOT, "src/engine/select-backend.ts")).href;
const folder = mkdtempSync(join(tmpdir(), "gradus-native-"));
after(() => rmSync(folder, { recursive: true }));

const PRINT_BACKEND = `
  import { openBackend } from ${JSON.stringify(SELECT)};
  const { name, threads } = await openBackend();
  console.log(name, threads);`;

interface Started {
  readonly environment?: Readonly<Record<string, string>>;
  readonly flags?: readonly string[];
  readonly code?: string;
}

/** A process of its own that opens a backend and prints which. */
function start({ environment = {}, flags = [], code = PRINT_BACKEND }: Started) {
  const args = [...flags, "--import", "tsx", "--input-type=module", "--eval", code];
  const { GRADUS_BACKEND, GRADUS_NATIVE_ISA, GRADUS_THREADS, ...rest } = process.env;
  const env = { ...rest, GRADUS_THREADS: "2", ...environment };
  const { stdout, stderr, status } = spawnSync(process.execPath, args, { cwd: ROOT, encoding: "utf8", env });
  return { stdout: stdout.trim(), stderr: stderr.trim(), status };
}

/** A preloaded script that answers for the package koffi. */
function preload(name: string, answer: string): readonly string[] {
  const path = join(folder, `${name}.cjs`);
  writeFileSync(
    path,
    `const Module = require("node:module");
     const load = Module._load;
     Module._load = function (request, ...rest) {
       if (request === "koffi") { ${answer} }
       return load.call(this, request, ...rest);
     };`,
  );
  return ["--require", path];
}

function requireFallback(started: ReturnType<typeof start>, reason: RegExp, threads = 2): void {
  assert.equal(started.status, 0, started.stderr);
  assert.equal(started.stdout, `wasm ${threads}`);
  assert.equal(started.stderr.split("\n").length, 1, started.stderr);
  assert.match(started.stderr, reason);
  assert.match(started.stderr, /using WebAssembly/);
}

test("where machine code runs, it is the first choice", { skip: skipNative }, () => {
  const { stdout, stderr } = start({});
  assert.deepEqual([stdout, stderr], ["native 2", ""]);
});

test("an old processor falls back to wasm with one line", { skip: skipNative }, () => {
  requireFallback(start({ environment: { GRADUS_NATIVE_ISA: "none" } }), /no AVX2/);
});

test("AVX2 may be chosen on a processor that has more", { skip: skipNative }, () => {
  const code = `import { openBackend } from ${JSON.stringify(SELECT)}; console.log((await openBackend()).description);`;
  const { stdout } = start({ code, environment: { GRADUS_NATIVE_ISA: "avx2" } });
  assert.match(stdout, /AVX2, 256-bit vectors, 2 threads/);
  const { status, stderr } = start({ environment: { GRADUS_NATIVE_ISA: "sse9" } });
  assert.notEqual(status, 0);
  assert.match(stderr, /GRADUS_NATIVE_ISA must be one of avx512, avx2, none/);
});

test("node --no-addons falls back to wasm with one line", { skip: skipNative }, () => {
  requireFallback(start({ flags: ["--no-addons"] }), /--no-addons/);
});

test("without koffi the line says what to install", { skip: skipNative }, () => {
  const flags = preload("missing", `throw Object.assign(new Error("not found"), { code: "MODULE_NOT_FOUND" });`);
  requireFallback(start({ flags }), /npm install koffi/);
});

test("a koffi that does not load falls back to wasm with one line", { skip: skipNative }, () => {
  const flags = preload("broken", `throw new Error("wrong ELF class\\nand more");`);
  requireFallback(start({ flags }), /does not load: wrong ELF class/);
});

test("a koffi without what we need falls back to wasm with one line", { skip: skipNative }, () => {
  requireFallback(start({ flags: preload("empty", "return {};") }), /native: /);
});

test("machine code that computes nothing fails the self-test and falls back to wasm", { skip: skipNative }, () => {
  // functions of two arguments are the runner's: they do nothing
  const flags = preload(
    "silent",
    `const koffi = load.call(this, request, ...rest);
     return { ...koffi, decode: (address, type) => type.proto.arguments.length === 2 ? () => {} : koffi.decode(address, type) };`,
  );
  requireFallback(start({ flags, environment: { GRADUS_THREADS: "1" } }), /self-test disagrees/, 1);
});

test("a backend that is asked for by name does not fall back", { skip: skipNative }, () => {
  const { status, stderr } = start({ environment: { GRADUS_BACKEND: "native", GRADUS_NATIVE_ISA: "none" } });
  assert.notEqual(status, 0);
  assert.match(stderr, /backend-unavailable/);
  assert.doesNotMatch(stderr, /using/);
});

test("a worker thread falls back to wasm", { skip: skipNative }, () => {
  const code = `
    import { Worker, isMainThread } from "node:worker_threads";
    const worker = new Worker(${JSON.stringify(`import("tsx/esm/api").then(({ register }) => { register(); return import(${JSON.stringify(SELECT)}); })
      .then(async ({ openBackend }) => console.log((await openBackend()).name));`)}, { eval: true });
    worker.on("exit", (code) => process.exit(code));`;
  const { stdout, stderr } = start({ code });
  assert.equal(stdout, "wasm");
  assert.match(stderr, /cannot be called from a worker thread/);
});

test("other processors, other systems and other engines are refused with the reason", () => {
  const getBuiltinModule = (): unknown => ({ isMainThread: true });
  const refused = (message: RegExp) => (error: unknown) =>
    error instanceof GradusError && error.code === "backend-unavailable" && message.test(error.message);
  assert.throws(() => requireNativeHost(undefined), refused(/needs Node/));
  assert.throws(() => requireNativeHost({ platform: "linux", arch: "x64" }), refused(/needs Node/));
  assert.throws(() => requireNativeHost({ platform: "linux", arch: "arm64", getBuiltinModule }), refused(/arm64/));
});

test("an unknown system, and one without its functions, are refused", { skip: skipNative }, () => {
  const { ffi } = nativeMachine();
  assert.throws(() => createPlatform(ffi, "plan9"), { code: "backend-unavailable", message: /plan9/ });
  const empty = {
    ...ffi,
    load: () => {
      throw new Error("no such library");
    },
  };
  for (const system of ["linux", "darwin", "win32"])
    assert.throws(() => createPlatform(empty, system), { code: "backend-unavailable", message: /no such library/ });
});
