import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import type { GradusError } from "../../src/core/errors.ts";
import { readCsv } from "../../src/files/files.ts";
import { parseCsv } from "../../src/io/csv.ts";
import { failure } from "../data/errors.ts";
import { scratchFolder } from "./scratch.ts";

const folder = scratchFolder();

/** The error of a function that must throw. */
function errorOf(action: () => unknown): GradusError {
  try {
    action();
  } catch (error) {
    return error as GradusError;
  }
  throw new Error("nothing was thrown");
}

describe("CSV files from practice", () => {
  test("two columns with the same name are rejected with the name and both positions", () => {
    const text = "a,b,a,y\n1,2,3,0\n4,5,6,1\n";
    const error = errorOf(() => parseCsv(text, {}, "twice.csv"));
    failure("bad-data", { file: "twice.csv", line: 1, name: "a", columns: [0, 2] })(error);
    assert.match(error.message, /"a".*1 and 3/);
    assert.throws(() => parseCsv("a,y,y\n1,0,1\n", { target: "y" }), failure("bad-data", { name: "y" }));
    assert.deepEqual(parseCsv(text, { ignore: [2] }).featureNames, ["a", "b"], "unless one is ignored by its number");
    assert.deepEqual(parseCsv("1,1,0\n1,1,1\n").featureNames, ["column 0", "column 1"], "numbers are not names");
  });

  test("a class NA is rejected with its line, kept if it is named, skipped with a note if rows are skipped", () => {
    const text = "a,country\n1,NA\n2,US\n3,DE\n4,NA\n";
    const error = errorOf(() => parseCsv(text, {}, "countries.csv"));
    failure("bad-data", { line: 2, column: 2, name: "country", value: "NA" })(error);
    assert.match(error.message, /classNames/);
    const classNames = ["DE", "NA", "US"];
    for (const missing of ["error", "skip-row"] as const) {
      const named = parseCsv(text, { classNames, missing });
      assert.deepEqual([named.skippedRows, named.targets], [0, Int32Array.of(1, 2, 0, 1)]);
    }
    const kept = parseCsv(text, { missingValues: [] });
    assert.deepEqual([kept.classNames, kept.targets], [classNames, Int32Array.of(1, 2, 0, 1)]);
    const skipped = parseCsv(text, { missing: "skip-row" }, "countries.csv");
    assert.deepEqual([skipped.length, skipped.skippedRows, skipped.classNames], [2, 2, ["DE", "US"]]);
    assert.deepEqual(skipped.notes, ["countries.csv: 2 of 4 rows have a missing value and are skipped (lines 2, 5)"]);
  });

  test("custom words for missing values, also numbers", () => {
    const text = "a,y\n1,0\n-999,1\n3,1\n";
    assert.throws(() => parseCsv(text, { missingValues: ["-999"] }), failure("bad-data", { line: 3, column: 1 }));
    const table = parseCsv(text, { missingValues: ["-999"], missing: "skip-row" });
    assert.deepEqual([table.inputs, table.skippedRows], [Float32Array.of(1, 3), 1]);
    assert.throws(() => parseCsv("a,y\n1,0\nNA,1\n", { header: true, missingValues: ["-999"] }), failure("bad-data"));
  });

  test("missing values as written by pandas and spreadsheets", () => {
    for (const gap of ["", "NA", "N/A", "nan", "NaN", "-NaN", "null", "NULL", "<NA>", "#N/A", "?"]) {
      const text = `a,b,y\n1,2,0\n${gap},2,0\n3,4,1\n`;
      assert.throws(() => parseCsv(text), failure("bad-data", { line: 3, column: 1, name: "a", value: gap }), gap);
      assert.equal(parseCsv(text, { missing: "skip-row" }).length, 2, gap);
    }
  });

  test("1 and 1.0 are one class", () => {
    assert.deepEqual(parseCsv("a,y\n1,1\n2,1.0\n3,0\n4,0.0\n").targets, Int32Array.of(1, 1, 0, 0));
    const gaps = parseCsv("a,y\n1,5\n2,5.0\n3,+5\n4,10\n5,1e1\n", { task: "classification" });
    assert.deepEqual([gaps.classNames, gaps.targets], [["5", "10"], Int32Array.of(0, 0, 0, 1, 1)]);
    const second = parseCsv("a,y\n1,10.0\n2,5\n", { classNames: ["5", "10"] });
    assert.deepEqual(second.targets, Int32Array.of(1, 0));
    const texts = parseCsv("a,y\n1,01\n2,1\n3,b\n");
    assert.deepEqual(texts.classNames, ["01", "1", "b"], "among texts, they are texts");
    const long = parseCsv("a,y\n1,12345678901234567\n2,12345678901234568\n", { task: "classification" });
    assert.equal(long.classes, 2, "numbers that are equal as doubles are distinguished by their digits");
  });

  test("an index column without a name is ignored, with a note", () => {
    for (const text of [
      ",a,y\n0,5,0\n1,6,1\n2,7,0\n",
      '"","a","y"\n"1",5,0\n"2",6,1\n"3",7,0\n',
      "Unnamed: 0,a,y\n7,5,0\n2,6,1\n5,7,0\n",
    ]) {
      const table = parseCsv(text, {}, "pandas.csv");
      assert.deepEqual([table.featureNames, table.inputs], [["a"], Float32Array.of(5, 6, 7)]);
      assert.deepEqual(table.notes, ["pandas.csv: the first column has no name and numbers the rows; it is ignored"]);
    }
    assert.deepEqual(parseCsv(",a,y\n0.5,5,0\n0.7,6,1\n").featureNames, ["column 0", "a"], "measured numbers stay");
    assert.deepEqual(parseCsv("id,a,y\n0,5,0\n1,6,1\n").featureNames, ["id", "a"], "so do named columns");
    assert.deepEqual(parseCsv(",a\n0,5\n1,6\n", { target: 0 }).featureNames, ["a"], "and the target");
    assert.throws(() => parseCsv(",a,y\nx,5,0\nz,6,1\n"), failure("bad-data", { line: 2, column: 1, value: "x" }));
  });

  test("line ends of all kinds, mixed, after and within quotes", () => {
    const table = parseCsv('a,"b\nc",y\r\n1,2,0\n3,4,1\r5,6,"0"\r\n\n7,8,1');
    assert.deepEqual(table.featureNames, ["a", "b\nc"]);
    assert.deepEqual(table.inputs, Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8));
    assert.deepEqual(
      parseCsv('"a\r\nb;c";y\n1;0\n2;1\n').featureNames,
      ["a\r\nb;c"],
      "the delimiter is found after them",
    );
    assert.throws(() => parseCsv('a,"b\nc",y\r\n1,2,0\nx,4,1\n', {}), failure("bad-data", { line: 4, value: "x" }));
  });

  test("blank lines, also at the start, and lines of spaces", () => {
    for (const text of ["\n\na;y\n1;0\n2;1\n", "\r\n  \r\na;y\r\n1;0\r\n \r\n2;1\r\n\r\n", "\ufeff\na;y\n1;0\n2;1"]) {
      assert.deepEqual(parseCsv(text).inputs, Float32Array.of(1, 2));
    }
  });

  test("UTF-16 with a byte order mark is read; UTF-16 without one and other bytes are rejected", () => {
    const text = "größe,art\n1.5,süß\n2.5,sauer\n";
    const write = (name: string, bytes: Uint8Array) => {
      writeFileSync(join(folder, name), bytes);
      return join(folder, name);
    };
    const little = Buffer.from(`\ufeff${text}`, "utf16le");
    const files = {
      little,
      big: Buffer.from(little).swap16(),
      utf8: Buffer.from(text),
      marked: Buffer.from(`\ufeff${text}`),
    };
    for (const [name, bytes] of Object.entries(files)) {
      const table = readCsv(write(`${name}.csv`, bytes));
      assert.deepEqual([table.featureNames, table.classNames], [["größe"], ["sauer", "süß"]], name);
    }
    for (const bytes of [
      Buffer.from(text, "utf16le"),
      Buffer.from(text, "latin1"),
      Buffer.from("a,y\n1,0\n\0\0,1\n"),
    ]) {
      assert.throws(() => readCsv(write("bad.csv", bytes)), failure("bad-data"));
    }
    assert.throws(() => readCsv(write("bad.csv", Buffer.from("a,y\n1,0\n2\0,1\n"))), failure("bad-data", { line: 3 }));
  });

  test("a delimiter at the end of every line", () => {
    const table = parseCsv("a,b,y,\n1,2,0,\n3,4,1,\n", {}, "trailing.csv");
    assert.deepEqual([table.featureNames, table.targets], [["a", "b"], Int32Array.of(0, 1)]);
    assert.deepEqual(table.notes, ["trailing.csv: column 4 has no name and is empty; it is ignored"]);
    assert.deepEqual(parseCsv("1,2,0,\n3,4,1,\n").targets, Int32Array.of(0, 1));
    assert.throws(() => parseCsv("a,b,y\n1,2,0,\n3,4,1,\n"), failure("bad-data", { line: 2, expected: 3, got: 4 }));
    const late = `a,y,\n${"1,0,\n2,1,\n".repeat(600)}3,0,4\n`;
    assert.throws(() => parseCsv(late), failure("bad-data", { line: 1202, column: 3 }));
  });

  test("ragged rows are rejected with line, expected and actual number", () => {
    assert.throws(() => parseCsv("a,b,y\n1,2,0\n3,1\n"), failure("bad-data", { line: 3, expected: 3, got: 2 }));
    assert.throws(() => parseCsv("1,2,0\n\n3,4,1,9\n"), failure("bad-data", { line: 3, expected: 3, got: 4 }));
  });

  test("quotes: doubled, around delimiters, in the middle of a cell, not closed, followed by something", () => {
    assert.deepEqual(parseCsv('a,y\n1,"x, ""y"""\n2, "z" \n3,5" pipe\n').classNames, ['5" pipe', 'x, "y"', "z"]);
    assert.throws(() => parseCsv('a,y\n1,"x\n2,z\n'), failure("bad-data", { line: 2 }));
    assert.throws(() => parseCsv('a,y\n1,"x"z\n2,z\n'), failure("bad-data", { line: 2 }));
  });

  test("decimal commas and thousands separators are rejected with advice, or read if requested", () => {
    const text = "a;b;y\n1,5;2,5;0\n3;-4,25;1\n";
    const error = errorOf(() => parseCsv(text));
    failure("bad-data", { line: 2, column: 1, value: "1,5" })(error);
    assert.match(error.message, /decimal: ","/);
    const table = parseCsv(text, { decimal: "," });
    assert.deepEqual([table.inputs, table.targets], [Float32Array.of(1.5, 2.5, 3, -4.25), Int32Array.of(0, 1)]);
    assert.match(errorOf(() => parseCsv('a,y\n"1,234,567",0\n', { header: true })).message, /thousands/);
    assert.throws(() => parseCsv("a;y\n1.234,5;0\n", { header: true, decimal: "," }), failure("bad-data"));
  });

  test("no data: empty, a byte order mark, blank lines, a header, comments", () => {
    for (const text of ["", "\ufeff", "\n\n \n", "a,b,y\n", "\r\na;b\r\n"]) {
      assert.throws(() => parseCsv(text), failure("empty-dataset"), JSON.stringify(text));
    }
    assert.throws(() => parseCsv("# nothing\n# but comments\n"), failure("bad-argument"));
    assert.throws(
      () => parseCsv("# made by us\na,b,y\n1,2,0\n"),
      failure("bad-data", { line: 2, expected: 1, got: 3 }),
    );
  });

  test("numbers beyond float32 are rejected with row, line and column", () => {
    for (const cell of ["1e39", "-3.5e38", "1e999", "9".repeat(400), "Infinity", "-inf"]) {
      const text = `a,b,y\n1,2,0\n3,${cell},1\n`;
      const expected = { file: "f.csv", line: 3, row: 1, column: 2, name: "b", value: cell };
      assert.throws(() => parseCsv(text, {}, "f.csv"), failure("not-finite", expected), cell);
    }
    assert.throws(
      () => parseCsv("a,y\n1,0.5\n2,1e39\n", {}, "f.csv"),
      failure("not-finite", { line: 3, row: 1, column: 2, name: "y", value: "1e39" }),
    );
    assert.deepEqual(
      parseCsv("a,y\n3.4028234663852886e38,0\n1e-50,1\n").inputs,
      Float32Array.of(3.4028234663852886e38, 0),
    );
  });

  test("a cell of a million digits takes linear time", () => {
    const start = performance.now();
    const digits = "1".repeat(1_000_000);
    assert.throws(() => parseCsv(`a,y\n${digits},0\n`, { header: true }), failure("not-finite", { line: 2 }));
    assert.throws(() => parseCsv(`a,y\n${digits}x,0\n`, { header: true }), failure("bad-data", { line: 2 }));
    assert.throws(() => parseCsv(`a,y\n0${digits}.x,0\n`, { header: true }), failure("bad-data", { line: 2 }));
    assert.deepEqual(parseCsv(`a,y\n0.${digits},0\n1,1\n`).length, 2);
    const error = errorOf(() => parseCsv(`a,y\n1,${"x,".repeat(500_000)}\n`));
    assert.ok(error.message.length < 1000);
    assert.ok(performance.now() - start < 5000);
  });
});
