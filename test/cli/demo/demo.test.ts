import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { CURES } from "../../../src/cli/demo/patients/patient.ts";
import { LANGUAGES } from "../../../src/telling/texts/texts.ts";
import { assertWellFormed } from "../../report/well-formed.ts";
import { skipNative } from "../../runtime/native-machine.ts";
import { runCli } from "../run-cli.ts";

interface Figures {
  readonly cures: readonly {
    readonly remedy: string;
    readonly patient: string;
    readonly measure: string;
    readonly without: readonly (number | null)[];
    readonly with: readonly (number | null)[];
    readonly proven: boolean;
  }[];
  readonly together: { readonly accuracy: number };
  readonly seconds: number;
}

const backends = { wasm: false, native: skipNative } as const;

for (const [index, [backend, skip]] of Object.entries(backends).entries()) {
  const lang = LANGUAGES[index % LANGUAGES.length] as (typeof LANGUAGES)[number];
  test(`the whole demonstration on a slice, with a self-contained report: ${backend}, ${lang}`, {
    skip,
  }, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), "gradus-demo-"));
    t.after(() => rmSync(folder, { recursive: true }));
    const [report, json] = [join(folder, "deep", "report.html"), join(folder, "figures.json")];
    const run = await runCli(["demo", "--quick", "--lang", lang, "--report", report, "--json", json], {
      environment: { GRADUS_BACKEND: backend },
    });
    assert.equal(run.status, 0, run.errors);
    const { cures, together, seconds } = JSON.parse(readFileSync(json, "utf8")) as Figures;
    assert.deepEqual(
      cures.map(({ remedy }) => remedy),
      [...CURES],
    );
    for (const cure of cures) {
      assert.equal(cure.without.length, 3);
      assert.equal(cure.with.length, 3);
      assert.equal(typeof cure.proven, "boolean");
    }
    assert.ok(together.accuracy > 0 && together.accuracy <= 1);
    assert.ok(seconds > 0);
    const html = readFileSync(report, "utf8");
    assertWellFormed(html);
    assert.match(html, new RegExp(`^<!doctype html>\\n<html lang="${lang}">`));
    assert.equal(html.match(/<section /g)?.length, CURES.length + 1);
    assert.ok(html.includes("prefers-color-scheme: dark"));
    // self-contained: no script, nothing fetched, no stand-in colour left
    assert.doesNotMatch(html, /<script|<link|<img|url\((?!#)|\bsrc=/);
    assert.doesNotMatch(html.replaceAll("http://www.w3.org/", ""), /https?:/);
    assert.doesNotMatch(html, /#(0[1-9ab])\1\1"/);
    assert.doesNotMatch(html, /undefined|="[^"]*NaN/);
    assert.equal(/[\uac00-\ud7a3]/.test(html), lang === "ko");
  });
}
