import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, it } from "node:test";
import { exportRun } from "../../src/dashboard/export-run.ts";
import type { StaticRun } from "../../src/dashboard/protocol.ts";
import { inlinePage } from "../../src/dashboard/run/inline-page.ts";
import { scratchFolder } from "../io/scratch.ts";
import { FakeRun } from "./fake-run.ts";

const scratch = scratchFolder();
let pages = 0;

/** A built page: index.html with these elements in its head, and files. */
function pageOf(elements: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = join(scratch, `page-${pages++}`);
  mkdirSync(join(folder, "assets"), { recursive: true });
  writeFileSync(
    join(folder, "index.html"),
    `<!doctype html>\n<html lang="en">\n<head>\n${elements}\n</head>\n<body><div id="app"></div></body>\n</html>\n`,
  );
  for (const [path, text] of Object.entries(files)) writeFileSync(join(folder, path), text);
  return folder;
}

const BUILT = `<script type="module" crossorigin src="/assets/main.js"></script>
<link rel="modulepreload" crossorigin href="/assets/main.js">
<link rel="stylesheet" crossorigin href="./assets/main.css">`;

/** What the page's script would find. */
function dataIn(html: string): StaticRun {
  const text = /<script type="application\/json" id="gradus-run">(.*?)<\/script>/s.exec(html)?.[1];
  assert.ok(text !== undefined);
  return JSON.parse(text) as StaticRun;
}

describe("a run as one file", () => {
  const files = { "assets/main.js": 'const a = "$&";\n', "assets/main.css": "body { color: red }" };

  it("has all measures, NaN as null and by its name, and a diagnosis", () => {
    const run = new FakeRun("a/b");
    run.add("loss", [1, 0.5], [2, Number.NaN], [3, Number.POSITIVE_INFINITY], [4, 0.25]);
    run.add(
      "__proto__",
      ...Array.from({ length: 5000 }, (_, step): [number, number] => [step, step === 4321 ? 1e6 : 1]),
    );
    run.refresh();
    const { series, detail, diagnosis } = dataIn(exportRun(run, pageOf(BUILT, files), { lang: "ko" }));
    assert.equal(detail.summary.name, "a/b");
    assert.deepEqual(series.loss, {
      total: 4,
      places: [
        [1, 1001, 0.5, 0.5, 0.5],
        [2, 1002, null, null, null],
        [3, 1003, null, null, null],
        [4, 1004, 0.25, 0.25, 0.25],
      ],
      odd: [
        [2, "NaN"],
        [3, "Infinity"],
      ],
    });
    const long = Object.getOwnPropertyDescriptor(series, "__proto__")?.value as StaticRun["series"][string];
    assert.equal(long.total, 5000);
    assert.equal(long.places.length, 2000);
    assert.equal(long.places.filter(([, , , high]) => high === 1e6).length, 1);
    assert.match(diagnosis?.html ?? "", /<html lang="ko">/);
  });

  it("loads nothing: scripts and styles are in it, and a policy forbids the rest", () => {
    const html = exportRun(new FakeRun("a"), pageOf(BUILT, files));
    assert.ok(html.includes('<script type="module">const a = "$&";\n</script>'));
    assert.ok(html.includes("<style>body { color: red }</style>"));
    assert.doesNotMatch(html, /\b(src|href)="(?!data:)/);
    const hash = createHash("sha256").update(files["assets/main.js"]).digest("base64");
    assert.ok(html.includes(`default-src 'none'; script-src 'sha256-${hash}'; `));
    // before anything that it is about
    assert.ok(html.indexOf("Content-Security-Policy") < html.indexOf("<script"));
  });

  it("takes names as text, whatever is in them", () => {
    const name = `</script><script>alert(1)</script><!-- <script> \u2028 $' $& "`;
    const run = new FakeRun(name);
    run.add(name, [1, 2]);
    run.texts.set(name, name);
    run.refresh();
    const html = exportRun(run, pageOf(BUILT, files));
    assert.doesNotMatch(html, /alert\(1\)<\/script>/);
    assert.equal(html.match(/<script/g)?.length, 2);
    const { detail, series } = dataIn(html);
    assert.equal(detail.summary.name, name);
    assert.deepEqual(Object.keys(series), [name]);
    assert.deepEqual(detail.texts, { [name]: name });
  });

  it("keeps scripts that would end their element, or hide its end", () => {
    const closing = 'const a = "</script>";';
    const html = exportRun(new FakeRun("a"), pageOf(BUILT, { ...files, "assets/main.js": closing }));
    assert.ok(html.includes('<script type="module">const a = "<\\/script>";</script>'));
    const hiding = 'const a = "<!-- <script>";';
    const other = exportRun(new FakeRun("a"), pageOf(BUILT, { ...files, "assets/main.js": hiding }));
    const base64 = Buffer.from(hiding).toString("base64");
    assert.ok(other.includes(`<script type="module" src="data:text/javascript;base64,${base64}"></script>`));
    assert.ok(other.includes("script-src data:; "));
  });

  it("needs a built page", () => {
    assert.throws(() => exportRun(new FakeRun("a"), join(scratch, "nowhere")), { code: "file-not-found" });
    assert.throws(() => exportRun(new FakeRun("a"), pageOf(BUILT)), { code: "file-not-found" });
    for (const address of [
      "https://evil.example/a.js",
      "//evil.example/a.js",
      "../../etc/passwd",
      "data:text/javascript,1",
    ]) {
      const page = pageOf(`<script type="module" src="${address}"></script>`);
      assert.throws(() => inlinePage(page, "x", {}), { code: "bad-data" }, address);
    }
  });
});
