import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, test } from "node:test";
import { scratchFolder } from "../io/scratch.ts";
import { installInto } from "./packed.ts";

const installed = resolve(".data/runtimes/node_modules");
const deno = ["run", "--allow-all", "--no-lock", "--node-modules-dir=manual"];

/** Program and arguments of each runtime; `npm run runtimes` installs them. */
const RUNTIMES: Readonly<Record<string, { readonly program: string; readonly words?: readonly string[] }>> = {
  "this Node": { program: process.execPath },
  "Node 20": { program: join(installed, "node20/bin/node") },
  "Node 22": { program: join(installed, "node22/bin/node") },
  "Node 24": { program: join(installed, "node24/bin/node") },
  Bun: { program: join(installed, "bun/bin/bun.exe"), words: ["run"] },
  Deno: { program: join(installed, "deno/deno"), words: deno },
};

const project = scratchFolder();
installInto(project);
// the README's example, as a user writes it
const quickstart = readFileSync("examples/quickstart.ts", "utf8")
  .replace('"../src/index.ts"', '"gradus"')
  .replace(" as const", "");
writeFileSync(join(project, "quickstart.mjs"), quickstart);
writeFileSync(
  join(project, "host.mjs"),
  `import { openBackend } from "gradus";
const { name, threads } = await openBackend();
console.log(name, threads);`,
);

describe("the quickstart, with the package as it is installed", () => {
  for (const [name, { program, words = [] }] of Object.entries(RUNTIMES)) {
    const skip = existsSync(program) ? false : `${name} is not installed: npm run runtimes`;
    for (const backend of ["wasm", "auto"]) {
      test(`${name}, ${backend}`, { skip }, () => {
        const run = (script: string) => {
          const env = { ...process.env, GRADUS_BACKEND: backend, GRADUS_THREADS: "2" };
          const { status, stdout, stderr } = spawnSync(program, [...words, script], {
            cwd: project,
            env,
            encoding: "utf8",
            timeout: 120_000,
          });
          assert.equal(status, 0, stderr);
          return stdout;
        };
        const [opened, threads] = run("host.mjs").trim().split(" ");
        if (backend === "wasm") assert.equal(opened, "wasm");
        else assert.match(opened ?? "", /^(native|wasm)$/);
        assert.equal(threads, "2");
        const accuracy = Number(/validation accuracy: (\S+)/.exec(run("quickstart.mjs"))?.[1]);
        assert.ok(accuracy > 0.9, `${accuracy}`);
      });
    }
  }
});
