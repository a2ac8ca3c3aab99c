import assert from "node:assert/strict";
import { test } from "node:test";
import type { Diagnosis } from "../../../src/doctor/diagnosis.ts";
import { renderHtml } from "../../../src/telling/report/html.ts";
import { renderTerminal } from "../../../src/telling/report/terminal.ts";
import { LANGUAGES } from "../../../src/telling/texts/texts.ts";
import type { Census } from "../../../src/watch/record.ts";
import { assertWellFormed } from "../../report/well-formed.ts";
import { CURED, HEALTHY, NOT_CURABLE, run, SETTINGS, TRIAL } from "./sample.ts";

for (const lang of LANGUAGES)
  for (const [name, diagnosis] of Object.entries({ cured: CURED, healthy: HEALTHY, "not curable": NOT_CURABLE }))
    test(`a self-contained page: ${name}, ${lang}`, () => {
      const html = renderHtml(diagnosis, { lang });
      assertWellFormed(html);
      assert.match(html, new RegExp(`^<!doctype html>\\n<html lang="${lang}">`));
      assert.doesNotMatch(html, /<script|<link|<img|url\((?!#)|\bsrc=|@import/);
      assert.doesNotMatch(html.replaceAll("http://www.w3.org/", ""), /https?:/);
      assert.doesNotMatch(html, /#(0[1-9a])\1\1"/);
      assert.doesNotMatch(html, /undefined|\[object|="[^"]*NaN|>\s*NaN/);
      assert.ok(html.includes("prefers-color-scheme: dark"));
      assert.equal(/[\uac00-\ud7a3]/.test(html), lang === "ko");
    });

test("the name is escaped everywhere", () => {
  const html = renderHtml({ ...CURED, name: '</title><script>alert("1")</script>&' });
  assertWellFormed(html);
  assert.doesNotMatch(html, /<script/);
  assert.match(
    html,
    /<title>&lt;\/title&gt;&lt;script&gt;alert\(&quot;1&quot;\)&lt;\/script&gt;&amp;: Sick, cure proven</,
  );
});

/** The same value with the layers renamed everywhere. */
function renamed(value: unknown, name: (path: string) => string, within = ""): unknown {
  if (Array.isArray(value)) return value.map((each) => renamed(each, name));
  if (typeof value === "string") return /^(layer|path|first|last)$/.test(within) ? name(value) : value;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, each]) => [within === "layers" ? name(key) : key, renamed(each, name, key)]),
  );
}

test("names of layers are escaped in texts, tables and charts, and their control characters are written out", () => {
  for (const diagnosis of [CURED, NOT_CURABLE, HEALTHY]) {
    const evil = renamed(diagnosis, (path) => `<img src=x onerror="alert('${path}')">\u001b[2J\u202e&`) as Diagnosis;
    const html = renderHtml(evil, { lang: "en" });
    assertWellFormed(html);
    assert.doesNotMatch(html, /<img/);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that must be absent
    assert.doesNotMatch(html, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
    const text = renderTerminal(evil, { details: true });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the characters that must be absent
    assert.doesNotMatch(text, /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
  }
});

const svgs = (html: string) => html.match(/<svg /g)?.length ?? 0;

test("charts: gradients, both curves, histograms in four columns; the changes; the trials", () => {
  const html = renderHtml(CURED);
  // three charts, each for wide and narrow pages; six of ten layers, each at start and end, without and with the remedy
  assert.equal(svgs(html), 3 * 2 + 6 * 4);
  assert.match(html, /<span class="comes">\+ model\.layers\.1: batchNorm<\/span>/);
  assert.match(html, /<span class="goes">\u2212 regularizer: /);
  const rows = html
    .split("<h2>All trials</h2>")[1]
    ?.split("</table>")[0]
    ?.match(/<tr[ >]/g);
  assert.equal(rows?.length, 3);
  assert.match(html, /11\.3 \u00b1 0\.0\u00a0%/);
  assert.ok(html.includes("Norm of the gradient of each layer"));
  assert.ok(html.includes("He, Zhang, Ren &amp; Sun, &quot;Delving Deep"));
  assert.ok(!html.includes("minimise different losses"));
});

test("a note says when the groups minimise different losses", () => {
  const prescription = { ...TRIAL.prescription, settings: { ...SETTINGS, loss: { type: "mse" } as const } };
  const html = renderHtml({ ...CURED, trials: [{ ...TRIAL, prescription }] });
  assert.ok(html.includes("minimise different losses"));
});

/** Runs of a recurrent layer whose gradient shrinks by `factor` per step. */
function recurrent(factor: number): Diagnosis["runs"] {
  const base = run(1, true);
  const [, activation] = base.end?.layers ?? [];
  assert.ok(activation);
  const throughTime = Array.from({ length: 20 }, (_, step) => factor ** (20 - step));
  const census: Census = {
    step: 10,
    samples: 8,
    loss: 1,
    layers: [{ ...activation, path: "0", type: "lstm", throughTime }],
  };
  return [{ ...base, end: census }];
}

test("gradient through time for recurrent layers; no chart without measurements", () => {
  const html = renderHtml({ ...HEALTHY, runs: recurrent(0.3) });
  assertWellFormed(html);
  assert.match(html, /Gradient through time: layer 0/);
  assert.ok(!renderHtml(HEALTHY).includes("Gradient through time"));
  const bare = renderHtml({ ...NOT_CURABLE, runs: [] });
  assertWellFormed(bare);
  assert.equal(svgs(bare), 0);
});

test("a diverging run is drawn as far as its values are finite", () => {
  const base = run(1, false);
  const losses = [2, 50, 1e9, Number.POSITIVE_INFINITY, Number.NaN];
  const readings = losses.map((loss, index) => ({
    step: index + 1,
    epoch: 1,
    loss,
    gradientNorm: loss,
    layers: { "0": { gradientNorm: loss }, "1": { gradientNorm: 0 } },
  }));
  const html = renderHtml({
    ...NOT_CURABLE,
    runs: [{ ...base, epochs: [], readings, start: undefined, end: undefined }],
  });
  assertWellFormed(html);
  assert.ok(svgs(html) >= 1);
  const tables = html.match(/<details class="data">[\s\S]*?<\/details>/g)?.join("") ?? "";
  assert.ok(tables.includes(">NaN<") && tables.includes(">\u221e<"), "the table shows the values themselves");
  assert.doesNotMatch(html.replace(/<details class="data">[\s\S]*?<\/details>/g, ""), /NaN|Infinity/);
});

test("runs that were not observed to their end are marked at the top", () => {
  const html = renderHtml({ ...HEALTHY, share: 0.25 });
  assert.match(
    html,
    /<p class="note">The time budget was too short for whole runs: each was observed for 25\u00a0% of/,
  );
  assert.ok(!renderHtml(HEALTHY).includes("too short for whole runs"));
});
