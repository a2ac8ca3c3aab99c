import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { PROBLEMS, REMEDIES } from "../../src/doctor/words.ts";
import { type Arguments, readArguments } from "./arguments.ts";
import { type Expectation, readCase } from "./case.ts";
import { isHeldOut, mark, summarize, TABLE_HEADER, tableRow } from "./evaluate.ts";
import { generatedFiles } from "./generate.ts";
import type { CaseLine } from "./line.ts";
import { loadTraining } from "./load.ts";
import { CaseFolder, SMALL, XOR } from "./support.ts";

const OWN = fileURLToPath(new URL(".", import.meta.url));
const folder = new CaseFolder();
folder.table("xor.csv", XOR);
after(() => folder.remove());

test("the stored cases and data are those that generate.ts writes", () => {
  const files = generatedFiles();
  const kept = ["cases", "data"].flatMap((part) => readdirSync(join(OWN, part)).map((file) => `${part}/${file}`));
  assert.deepEqual(new Set(kept), new Set(files.keys()));
  for (const [path, content] of files) {
    const text = readFileSync(join(OWN, path), "utf8");
    if (path.endsWith(".json")) assert.deepEqual(JSON.parse(text), JSON.parse(content), path);
    else assert.equal(text, content, path);
  }
});

test("our own cases load and their expectations make sense", async () => {
  for (const file of readdirSync(join(OWN, "cases"))) {
    const faulty = readCase(join(OWN, "cases", file));
    const { healthy, curable, problems, remedies } = faulty.expect as Expectation;
    assert.equal(`${faulty.name}.json`, file);
    assert.equal(problems.length > 0, !healthy, file);
    assert.equal(remedies.length > 0, !healthy, file);
    assert.equal(curable, !healthy && !remedies.includes("data-fault"), file);
    const { data } = await loadTraining(faulty);
    assert.ok(data.train.length >= 50 && data.validation.length >= 50, file);
  }
});

const line: CaseLine = {
  name: "a",
  findings: [{ problem: "overfitting", layer: null, since: 0, evidence: [] }],
  prescriptions: ["dropout", "l2", "early-stopping"],
  verdict: "cured",
  measure: "accuracy",
  before: 0.5,
  after: 0.9,
  seconds: 2,
};

test("any problem that the case allows is a right answer; a remedy counts only among the first two", () => {
  const expect: Expectation = {
    healthy: false,
    curable: true,
    problems: ["overfitting", "underfitting"],
    remedies: ["l2"],
  };
  const of = (changes: Partial<Expectation>, said: Parameters<typeof mark>[2] = line) => {
    const { diagnosed, prescribed, cured, accused } = mark({ name: "a" }, { ...expect, ...changes }, said);
    return [diagnosed, prescribed, cured, accused];
  };
  assert.deepEqual(of({}), [true, true, true, undefined]);
  assert.deepEqual(of({ problems: ["underfitting"], remedies: ["early-stopping"] }), [false, false, true, undefined]);
  assert.deepEqual(of({ curable: false }), [true, true, undefined, undefined]);
  assert.deepEqual(of({}, { ...line, verdict: "not-proven" }), [true, true, false, undefined]);
  assert.deepEqual(of({ healthy: true }), [undefined, undefined, undefined, true]);
  assert.deepEqual(of({ healthy: true }, { ...line, findings: [] }), [undefined, undefined, undefined, false]);
  assert.deepEqual(of({}, { name: "a", error: "x" }), [false, false, false, undefined]);
});

test("without a trial, cures are not counted", () => {
  const expect: Expectation = { healthy: false, curable: true, problems: [], remedies: [] };
  assert.equal(mark({ name: "a" }, expect, line, false).cured, undefined);
});

test("shares count only the cases that apply", () => {
  const sick = { name: "s", title: "", healthy: false, seconds: 1, said: "" };
  const marks = [
    { ...sick, diagnosed: true, prescribed: true, cured: true },
    { ...sick, diagnosed: true, prescribed: false, cured: false },
    { ...sick, diagnosed: false, prescribed: false },
    { ...sick, healthy: true, accused: true },
  ];
  assert.deepEqual(summarize(marks), {
    cases: 4,
    sick: 3,
    diagnosed: 0.667,
    prescribed: 0.333,
    curable: 2,
    cured: 0.5,
    healthy: 1,
    accused: 1,
    seconds: 4,
  });
  assert.equal(summarize(marks.slice(3)).diagnosed, null);
  // the columns are aligned
  const row = tableRow({ ...sick, diagnosed: true, prescribed: false, said: "told" });
  assert.equal(row.indexOf("NO"), TABLE_HEADER.indexOf("prescribed"));
  assert.equal(row.indexOf("told"), TABLE_HEADER.indexOf("said"));
});

test("about a third of all names are held out, always the same", () => {
  const names = Array.from({ length: 3000 }, (_, index) => `case-${index}`);
  const held = names.filter(isHeldOut);
  assert.ok(Math.abs(held.length - 1000) < 100, `${held.length} of 3000`);
  assert.deepEqual(["a01", "a10", "f05", "d14"].map(isHeldOut), [false, true, false, true]);
});

/** The command, as `npm run --silent faulty --` starts it. */
function run(...given: readonly string[]) {
  const main = join(OWN, "main.ts");
  const { stdout, stderr, status } = spawnSync(process.execPath, ["--import", "tsx", main, ...given], {
    encoding: "utf8",
    timeout: 300_000,
  });
  const lines = stdout.split("\n").filter((text) => text !== "");
  return { stderr, status, lines: lines.map((text) => (text.startsWith("{") ? JSON.parse(text) : text)) };
}

test("prints one line per case and nothing else; an unreadable case does not stop the others", () => {
  const good = folder.write("good", { ...SMALL, name: "good" });
  const bad = folder.write("bad", { ...SMALL, loss: "hinge" });
  const { lines, status, stderr } = run("--budget", "10s", "--no-trial", "--backend", "reference", bad, good);
  assert.equal(status, 1, stderr);
  assert.deepEqual(
    lines.map(({ name }) => name),
    ["bad", "good"],
  );
  assert.match(lines[0].error, /loss must be "binaryCrossentropy" or /);
  const { findings, prescriptions, verdict, measure, before, after: treated, seconds } = lines[1] as CaseLine;
  assert.deepEqual(Object.keys(lines[1]), [
    "name",
    "findings",
    "prescriptions",
    "verdict",
    "measure",
    "before",
    "after",
    "seconds",
  ]);
  for (const { problem, layer, since, evidence } of findings) {
    assert.ok(PROBLEMS.includes(problem), problem);
    assert.ok(layer === null || typeof layer === "string");
    assert.ok(since >= 0 && evidence.length > 0);
    for (const { text } of evidence) assert.ok(text.length > 10, text);
  }
  assert.ok(
    prescriptions.every((remedy, index) => REMEDIES.includes(remedy) && prescriptions.indexOf(remedy) === index),
  );
  assert.ok(["healthy", "not-proven", "not-curable"].includes(verdict), verdict);
  assert.ok(before === null || (before >= 0 && before <= 1));
  assert.deepEqual([measure, treated], ["accuracy", null]);
  assert.ok(seconds > 0 && seconds < 60);
});

test("arguments: their meaning, and the errors for wrong ones", () => {
  const read = (...given: readonly string[]) => readArguments(given) as Arguments;
  assert.equal(readArguments(["--help"]), "help");
  const { examine, evaluate, files } = read(
    "a.json",
    "b.json",
    "--budget",
    "2m",
    "--no-trial",
    "--hold-out",
    "--threads",
    "3",
  );
  assert.deepEqual([examine.budgetSeconds, examine.trial, examine.threads, evaluate], [120, false, 3, true]);
  assert.deepEqual(files, ["a.json", "b.json"]);
  assert.equal(read(join(OWN, "cases")).files.length, readdirSync(join(OWN, "cases")).length);
  assert.equal(typeof read("a.json", "--baseline", "random").examine.prescribe, "function");
  assert.equal(read("a.json").examine.prescribe, undefined);
  const refused = (message: RegExp, ...given: readonly string[]) => assert.throws(() => readArguments(given), message);
  refused(/no FILE/);
  refused(/--budget must be a time as 90s or 2m, got soon/, "--budget", "soon", "x.json");
  refused(/--backend must be one of auto, .*, got gpu/, "--backend", "gpu", "x.json");
  refused(/--threads must be a whole number of 1 or more, got 0/, "--threads", "0", "x.json");
  refused(/--baseline must be random/, "--baseline", "best", "x.json");
  refused(/--colour/, "--colour", "x.json");
});
