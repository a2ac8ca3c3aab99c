import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, relative, resolve } from "node:path";
import { test } from "node:test";
import { runCli } from "./run-cli.ts";

/** All modules of the project that a module loads through static imports, without types. */
function loadedWith(entry: string): readonly string[] {
  const seen = new Set<string>();
  const visit = (file: string): void => {
    if (seen.has(file)) return;
    seen.add(file);
    const code = readFileSync(file, "utf8").replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
    const statements = code.matchAll(/^(?:import|export)\s(?!type\b)[^;]*?from\s+"(\.[^"]+)"/gm);
    for (const [statement, path = ""] of statements) {
      const names = /\{([^}]*)\}/.exec(statement)?.[1];
      const isTypesOnly = names?.split(",").every((name) => /^\s*(type\s|$)/.test(name));
      if (!isTypesOnly) visit(resolve(dirname(file), path));
    }
  };
  visit(resolve(entry));
  return [...seen].map((file) => relative("src", file)).sort();
}

test("help and usage errors load no engine, only ten small modules", () => {
  const modules = loadedWith("src/cli/main.ts");
  assert.ok(modules.length <= 10, modules.join(", "));
  assert.ok(modules.every((path) => /^(cli|core)\//.test(path)));
  // the walk finds imports
  assert.ok(loadedWith("src/cli/train.ts").length > 200);
});

test("help: of all commands, of one command, and by --help", async () => {
  const all = await runCli(["--help"]);
  assert.equal(all.status, 0);
  for (const name of ["train", "doctor", "predict", "datasets", "schema", "info", "demo"])
    assert.match(all.out, new RegExp(`\\n  ${name} `));
  for (const words of [
    ["help", "predict"],
    ["predict", "--help"],
  ]) {
    const { status, out } = await runCli(words);
    assert.equal(status, 0);
    assert.match(out, /apply a trained network to new data[\s\S]*--data <what>[\s\S]*Examples:/);
  }
  assert.equal((await runCli([])).out, all.out);
});
