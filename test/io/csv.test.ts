import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { gzipSync } from "node:zlib";
import { readCsv } from "../../src/files/files.ts";
import { parseCsv } from "../../src/io/csv.ts";
import { failure } from "../data/errors.ts";
import { scratchFolder } from "./scratch.ts";

const folder = scratchFolder();

const flowers = "sepal,petal,species\n5.1,1.4,setosa\n6.0,4.5,versicolor\n6.3,6.0,virginica\n4.9,1.5,setosa\n";

describe("CSV", () => {
  test("class names become indices and are kept", () => {
    const table = parseCsv(flowers);
    assert.equal(table.length, 4);
    assert.deepEqual(table.featureNames, ["sepal", "petal"]);
    assert.equal(table.targetName, "species");
    assert.deepEqual(table.inputs, Float32Array.of(5.1, 1.4, 6.0, 4.5, 6.3, 6.0, 4.9, 1.5));
    assert.deepEqual(table.targets, Int32Array.of(0, 1, 2, 0));
    assert.deepEqual(table.classNames, ["setosa", "versicolor", "virginica"]);
    assert.equal(table.classes, 3);
  });

  test("a second file can be read with the classes of the first", () => {
    const classNames = ["virginica", "setosa", "versicolor"];
    assert.deepEqual(parseCsv(flowers, { classNames }).targets, Int32Array.of(1, 2, 0, 1));
    assert.throws(
      () => parseCsv("a,species\n1,setosa\n2,vesicolor\n", { classNames }, "test.csv"),
      failure("label-out-of-range", { file: "test.csv", line: 3, value: "vesicolor", suggestion: "versicolor" }),
    );
  });

  test("the target by name, by number, from the end, or none", () => {
    const text = "y,a,b\n0.5,1,2\n1.5,3,4\n";
    for (const target of ["y", 0, -3] as const) {
      const table = parseCsv(text, { target });
      assert.deepEqual(table.targets, Float32Array.of(0.5, 1.5));
      assert.deepEqual(table.inputs, Float32Array.of(1, 2, 3, 4));
    }
    const plain = parseCsv(text, { target: null });
    assert.equal(plain.targets, undefined);
    assert.equal(plain.featureNames.length, 3);
    assert.throws(() => parseCsv(text, { target: "yy" }), failure("unknown-field", { field: "yy" }));
    assert.throws(() => parseCsv(text, { target: 3 }), failure("bad-argument", { column: 3, columns: 3 }));
    assert.throws(() => parseCsv("1,2\n3,4\n", { target: "y" }), failure("unknown-field"));
  });

  test("the header is detected from the content", () => {
    assert.deepEqual(parseCsv("1,2,0\n3,4,1\n").featureNames, ["column 0", "column 1"]);
    assert.equal(parseCsv("1,2,0\n3,4,1\n").length, 2);
    assert.equal(parseCsv("1,2,cat\n3,4,dog\n").length, 2, "text targets alone do not make a header");
    assert.equal(
      parseCsv("label,0,1\n5,0,255\n4,9,9\n", { target: 0 }).length,
      2,
      "pixel numbers are a header, if the label column has a name",
    );
    assert.equal(parseCsv("a,b\n1,2\n", { header: true }).length, 1);
    assert.throws(
      () => parseCsv("a,b\n1,2\n", { header: false }),
      failure("bad-data", { line: 1, column: 1, value: "a" }),
    );
  });

  test("classes or values: whole numbers without a gap are classes, unless task says otherwise", () => {
    assert.equal(parseCsv("1,0\n2,2\n3,1\n").classes, 3);
    assert.equal(parseCsv("1,0\n2,2\n3,1\n").classNames, undefined);
    assert.deepEqual(parseCsv("1,0\n2,2\n3,1\n", { task: "regression" }).targets, Float32Array.of(0, 2, 1));
    assert.deepEqual(parseCsv("1,3\n2,8\n3,5\n").targets, Float32Array.of(3, 8, 5));
    const gaps = parseCsv("1,3\n2,10\n3,5\n", { task: "classification" });
    assert.deepEqual(gaps.targets, Int32Array.of(0, 2, 1));
    assert.deepEqual(gaps.classNames, ["3", "5", "10"]);
  });

  test("quotes, byte order mark, Windows line ends, blank lines, semicolons, tabs", () => {
    assert.deepEqual(parseCsv('\ufeff"a, b";y\r\n1.5;"x ""1"""\r\n\r\n2;z\r\n').classNames, ['x "1"', "z"]);
    assert.deepEqual(parseCsv('\ufeff"a, b";y\r\n1.5;x\r\n\r\n2;z\r\n').featureNames, ["a, b"]);
    assert.deepEqual(parseCsv("1\t0\n2\t1\n").targets, Int32Array.of(0, 1));
    assert.deepEqual(parseCsv("1|0\n2|1\n", { delimiter: "|" }).inputs, Float32Array.of(1, 2));
  });

  test("columns can be ignored", () => {
    const text = "id,name,a,y\n1,x,2,0\n2,y,3,1\n";
    assert.deepEqual(parseCsv(text, { ignore: ["name", 0] }).featureNames, ["a"]);
    assert.throws(() => parseCsv(text), failure("bad-data", { line: 2, column: 2, name: "name", value: "x" }));
    assert.throws(() => parseCsv(text, { ignore: ["nam"] }), failure("unknown-field"));
    assert.throws(() => parseCsv(text, { ignore: [0, 1, 2] }), failure("bad-argument"));
  });

  test("cells that are not numbers are reported with line and column, even after quoted line ends", () => {
    const text = 'a,b,y\n1,2,"two\nlines"\n3,oops,z\n';
    assert.throws(
      () => parseCsv(text, {}, "f.csv"),
      failure("bad-data", { file: "f.csv", line: 4, column: 2, name: "b", value: "oops" }),
    );
    for (const cell of ["0x10", "0b1", "1_000", "1 2", "--1", "1e", ".", "+", "' '"]) {
      assert.throws(
        () => parseCsv(`a,y\n${cell},0\n`, { header: true }),
        failure("bad-data", { line: 2, column: 1 }),
        cell,
      );
    }
    assert.throws(
      () => parseCsv("a,y\n1,2.5\n2,x\n", { task: "regression" }),
      failure("bad-data", { line: 3, column: 2, value: "x" }),
    );
  });

  test("missing values are errors, or their rows are skipped", () => {
    const text = "a,b,y\n1,2,0\n3,?,1\n,5,1\n6,7,NA\n8,9,1\n";
    assert.throws(() => parseCsv(text), failure("bad-data", { line: 3, column: 2 }));
    const table = parseCsv(text, { missing: "skip-row" });
    assert.deepEqual(table.inputs, Float32Array.of(1, 2, 8, 9));
    assert.deepEqual(table.targets, Int32Array.of(0, 1));
    assert.equal(table.skippedRows, 3);
    assert.throws(() => parseCsv("a,y\n1,cat\n2,?\n"), failure("bad-data", { line: 3, column: 2 }));
    assert.throws(() => parseCsv("a,y\n?,1\n", { header: true, missing: "skip-row" }), failure("empty-dataset"));
  });

  test("rows of unequal length and open quotes are reported with their line", () => {
    assert.throws(() => parseCsv("a,b\n1,2\n3\n"), failure("bad-data", { line: 3 }));
    assert.throws(() => parseCsv('a,b\n1,"2\n'), failure("bad-data"));
  });

  test("an empty file, or only a header, is an empty dataset", () => {
    assert.throws(() => parseCsv(""), failure("empty-dataset"));
    assert.throws(() => parseCsv("a,b\n"), failure("empty-dataset"));
  });

  test("through a file, also with gzip", () => {
    const file = join(folder, "flowers.csv.gz");
    writeFileSync(file, gzipSync(flowers));
    assert.deepEqual(
      readCsv(file, { target: "petal", ignore: ["species"] }).targets,
      Float32Array.of(1.4, 4.5, 6.0, 1.5),
    );
  });
});
