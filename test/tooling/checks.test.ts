import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { scratchFolder } from "../io/scratch.ts";

const scratch = scratchFolder();
let made = 0;

/** Runs a check from scripts/ on a small tree of files. */
function check(
  script: string,
  files: Readonly<Record<string, string>>,
  more: readonly string[] = [],
): { readonly status: number | null; readonly output: string } {
  const folder = join(scratch, `tree-${made++}`);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const { status, stdout, stderr } = spawnSync(process.execPath, [join("scripts", script), folder, ...more], {
    encoding: "utf8",
  });
  return { status, output: stdout + stderr };
}

describe("layers", () => {
  const layers = (file: string, text: string) => check("check-layers.mjs", { [file]: text });

  test("imports downwards are allowed, and comments are not imports", () => {
    const text = `/** @example import { fit } from "../train/fit.ts"; */
      // import "../cli/main.ts"
      import { shape } from "../core/shape.ts";
      import type { Npy } from "../io/npy.ts";`;
    const { status, output } = layers("data/a.ts", text);
    assert.equal(status, 0, output);
    assert.match(output, /2 imports/);
  });

  test("a folder and its subfolders are one layer, unless a subfolder is listed", () => {
    assert.equal(layers("nn/init/a.ts", 'import { b } from "../layer.ts";').status, 0);
    assert.equal(layers("codegen/wasm/a.ts", 'import { b } from "../builder.ts";').status, 0);
    assert.equal(layers("engine/a.ts", 'import { b } from "../codegen/wasm/emit.ts";').status, 0);
  });

  const wrong: readonly [why: string, file: string, text: string][] = [
    ["upwards", "core/a.ts", 'import { b } from "../graph/node.ts";'],
    ["sideways", "data/a.ts", 'import { b } from "../tensor/tensor.ts";'],
    ["types too", "graph/a.ts", 'import type { Tensor } from "../tensor/tensor.ts";'],
    ["re-exports too", "io/a.ts", 'export {\n  b,\n} from "../data/dataset.ts";'],
    ["bare imports too", "nn/deep/er/a.ts", 'import "../../../optim/adam.ts";'],
    ["dynamic imports too", "train/a.ts", 'const cli = await import("../cli/main.ts");'],
    ["between targets", "codegen/wasm/a.ts", 'import { b } from "../x64/encode.ts";'],
    ["the public surface from within", "nn/a.ts", 'import { b } from "../index.ts";'],
    ["out of src", "nn/a.ts", 'import { b } from "../../test/help.ts";'],
    ["a folder without a rule", "misc/a.ts", 'import { b } from "../core/shape.ts";'],
    ["the command line from the public surface", "index.ts", 'export { b } from "./cli/main.ts";'],
  ];
  for (const [why, file, text] of wrong) {
    test(`refused: ${why}`, () => {
      const { status, output } = layers(file, text);
      assert.equal(status, 1, output);
      assert.ok(output.includes(join(file)), output);
    });
  }
});

describe("layers: hosts, packages, permissions and circles", () => {
  const RULES = `export const layers = {
    low: { may: [], host: "any", packages: ["small"], why: "it is low" },
    disk: { may: ["low"], host: "node", why: "it reads files" },
    high: { may: ["low", "disk"], host: "any", why: "it is high" },
  };
  export const root = { may: Object.keys(layers), needNode: ["node.ts"], why: "an entry" };`;
  const FINE = {
    "low/a.ts": 'import { s } from "small/part";',
    "disk/a.ts": 'import { readFile } from "node:fs";\nimport { a } from "../low/a.ts";',
    "high/a.ts": 'import { a } from "../low/a.ts";\nconst disk = await import("../disk/a.ts");',
  };
  const run = (changed: Readonly<Record<string, string>>) => {
    const rules = join(scratch, "rules.mjs");
    writeFileSync(rules, RULES);
    return check("check-layers.mjs", { ...FINE, ...changed }, [rules]);
  };

  test("what is listed and used is fine, and an entry that needs Node", () => {
    const { status, output } = run({ "node.ts": 'export { a } from "./disk/a.ts";' });
    assert.equal(status, 0, output);
  });

  const wrong: readonly [why: string, changed: Readonly<Record<string, string>>, said: RegExp][] = [
    ["one of Node's modules in a room for any host", { "low/b.ts": 'import "node:fs";' }, /low\/b\.ts -> node:fs/],
    ["its types too", { "low/b.ts": 'import type { Stats } from "node:fs";' }, /any host/],
    ["a type of it in place", { "low/b.ts": 'type Files = typeof import("node:fs");' }, /any host/],
    ["a package that is not listed", { "low/b.ts": 'import { b } from "large";' }, /package large/],
    ["a package with a scope", { "disk/b.ts": 'import { b } from "@scope/large/deep";' }, /package @scope\/large/],
    [
      "a room for Node, at once",
      { "high/b.ts": 'import { a } from "../disk/a.ts";' },
      /disk needs Node: import it by import\(\)/,
    ],
    ["a room for Node, at once, from an entry", { "index.ts": 'export { a } from "./disk/a.ts";' }, /an entry runs on/],
    ["one of Node's modules in an entry", { "index.ts": 'import "node:fs";' }, /index\.ts -> node:fs/],
    ["a permission that nobody uses", { "disk/a.ts": 'import "node:fs";' }, /disk -> low[\s\S]*no file uses it/],
    ["a package that nobody uses", { "low/a.ts": "" }, /low -> package small[\s\S]*no file uses it/],
    ["a room for Node that nobody uses", { "high/a.ts": 'import { a } from "../low/a.ts";' }, /high -> disk/],
    [
      "a circle of types",
      {
        "low/b.ts": 'import type { C } from "./c.ts";',
        "low/c.ts": 'import type { D } from "./d.ts";',
        "low/d.ts": 'import type { B } from "./b.ts";',
      },
      /low\/b\.ts <-> low\/c\.ts <-> low\/d\.ts/,
    ],
  ];
  for (const [why, changed, said] of wrong) {
    test(`refused: ${why}`, () => {
      const { status, output } = run(changed);
      assert.equal(status, 1, output);
      assert.match(output, said);
    });
  }
});

describe("lengths", () => {
  test("warns above 400 lines, fails above 450", () => {
    const lines = (count: number) => "x;\n".repeat(count);
    const fine = check("check-lengths.mjs", { "a.ts": lines(400) });
    assert.equal(fine.status, 0);
    assert.doesNotMatch(fine.output, /warning/);
    const long = check("check-lengths.mjs", { "a.ts": lines(401), "b.ts": lines(450) });
    assert.equal(long.status, 0);
    assert.match(long.output, /warning: .*b\.ts has 450 lines/);
    const tooLong = check("check-lengths.mjs", { "deep/a.ts": lines(451), "vectors/b.ts": lines(900) });
    assert.equal(tooLong.status, 1);
    assert.match(tooLong.output, /too long: .*a\.ts has 451 lines/);
    assert.doesNotMatch(tooLong.output, /b\.ts/);
  });
});

describe("spreads", () => {
  const spreads = (text: string, file = "data/a.ts") => check("check-spreads.mjs", { [file]: text });

  test("spreads into lists, objects and our own functions, in strings and in exempt files are fine", () => {
    const text = `// values.push(...rows)
      const text = "Math.max(...rows)";
      rows.push([...one], { ...two }, row(...three));
      function push(...items: number[]) { oneOf(...names); }`;
    const { status, output } = spreads(text);
    assert.equal(status, 0, output);
    assert.equal(spreads("Math.max(...corners)", "codegen/bounds/lanes.ts").status, 0);
  });

  test("refused: spreads into JavaScript's variadic functions, with their line", () => {
    const calls = [
      "Math.max(...values)",
      "Math.min(0, ...values.map((x) => x + 1))",
      "Math.hypot(\n...norms)",
      "rows.push(...more)",
      "rows?.unshift(first, ...more)",
      "list.splice(0, 1, ...more)",
      "list.concat(...lists)",
      "String.fromCharCode(...bytes)",
      "Float32Array.of(...values)",
    ];
    const { status, output } = spreads(calls.join(";\n"));
    assert.equal(status, 1, output);
    const lines = [...output.matchAll(/a\.ts:(\d+): (\S+)\(/g)].map(([, line, called]) => `${line} ${called}`);
    assert.deepEqual(lines, [
      "1 Math.max",
      "2 Math.min",
      "4 Math.hypot",
      "5 .push",
      "6 .unshift",
      "7 .splice",
      "8 .concat",
      "9 String.fromCharCode",
      "10 Float32Array.of",
    ]);
  });
});
