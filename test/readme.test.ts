import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import * as doctor from "../src/doctor.ts";
import * as gradus from "../src/index.ts";
import * as node from "../src/node.ts";
import * as page from "../src/page.ts";
import * as pageWorker from "../src/page-worker.ts";
import * as report from "../src/report.ts";
import * as watch from "../src/watch.ts";
import * as words from "../src/words.ts";

const QUICKSTART = "examples/quickstart.ts";

const read = (path: string): string => readFileSync(path, "utf8");

/** The example without its first line, a comment, and with the import that users write. */
function quickstartForUsers(): string {
  const [comment, ...code] = read(QUICKSTART).trimEnd().split("\n");
  assert.match(comment ?? "", /^\/\//);
  return code.join("\n").replace('"../src/index.ts"', '"gradus"');
}

test("README shows the example unchanged", () => {
  assert.ok(
    read("README.md").includes(`\`\`\`ts\n${quickstartForUsers()}\n\`\`\``),
    `README.md and ${QUICKSTART} differ`,
  );
});

test("README's example learns", () => {
  const { status, stdout, stderr } = spawnSync(process.execPath, ["--import", "tsx", QUICKSTART], { encoding: "utf8" });
  assert.equal(status, 0, stderr);
  assert.ok(Number(/validation accuracy: (\S+)/.exec(stdout)?.[1]) > 0.9, stdout);
  assert.match(stdout, /logits: -?[\d.]+,-?[\d.]+ \(\+- [\d.]+,[\d.]+\)/);
});

const documents = ["README.md", "CHANGELOG.md", ...filesUnder("docs")];

function filesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".md"))
    .map((entry) => join(entry.parentPath, entry.name));
}

test("links between the documents lead somewhere", () => {
  for (const document of documents) {
    for (const [, link] of read(document).matchAll(/\]\(([^)#]+)[^)]*\)/g)) {
      if (link === undefined || /^https?:/.test(link)) continue;
      assert.ok(existsSync(join(dirname(document), link)), `${document} links to ${link}, which does not exist`);
    }
  }
});

const ENTRIES: Readonly<Record<string, object>> = {
  gradus,
  "gradus/node": node,
  "gradus/doctor": doctor,
  "gradus/report": report,
  "gradus/page": page,
  "gradus/page/worker": pageWorker,
  "gradus/watch": watch,
  "gradus/words": words,
};

test("entries of the package export what the documents import from them", () => {
  const imported = documents.flatMap((document) =>
    [...read(document).matchAll(/^\s*import \{([^}]*)\} from "(gradus[^"]*)";/gm)].flatMap(
      ([, names = "", entry = ""]) =>
        names
          .split(",")
          .map((name) => name.trim())
          .filter((name) => name !== "" && !name.startsWith("type "))
          .map((name) => ({ document, name, entry })),
    ),
  );
  assert.ok(imported.length > 0);
  for (const { document, name, entry } of imported) {
    assert.ok(name in (ENTRIES[entry] ?? {}), `${document} imports ${name} from "${entry}", which does not export it`);
  }
});

test("commands that the documents name exist", () => {
  const { scripts } = JSON.parse(read("package.json")) as { readonly scripts: Readonly<Record<string, string>> };
  for (const document of documents) {
    for (const [, name] of read(document).matchAll(/npm run (?:--silent )?([\w-]+)/g)) {
      assert.ok(name !== undefined && name in scripts, `${document} names npm run ${name}`);
    }
  }
});
