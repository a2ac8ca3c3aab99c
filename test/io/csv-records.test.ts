import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, test } from "node:test";
import { parse } from "csv-parse/sync";
import fc from "fast-check";
import { GradusError } from "../../src/core/errors.ts";
import { readCsv } from "../../src/files/files.ts";
import { readTable } from "../../src/io/csv.ts";
import { csvRecords } from "../../src/io/csv-records.ts";
import { textChunks } from "../../src/io/text-chunks.ts";
import { scratchFolder } from "./scratch.ts";

const folder = scratchFolder();

/** A text divided into parts. */
function* parts<Whole extends { readonly length: number; slice(start: number, end: number): Whole }>(
  whole: Whole,
  sizes: readonly number[],
): Generator<Whole> {
  for (let start = 0, index = 0; start < whole.length; index++) {
    const size = sizes[index % sizes.length] as number;
    yield whole.slice(start, start + size);
    start += size;
  }
}

const sizes = fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 });
const lineEnd = fc.constantFrom("\n", "\r\n", "\r");
const cell = fc.oneof(
  fc.string({ unit: fc.constantFrom(...'ab1.,; \t"\r\né😀'), maxLength: 6 }),
  fc.constantFrom("1", "2.5", "-3e2", "NA", "", "x"),
);
/** A cell as a writer may write it: quoted if necessary, or by choice. */
const asWritten = (text: string, likes: boolean) =>
  likes || /[",;\t\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text;
/** Rows of cells, and a file of them. */
const written = fc
  .tuple(
    fc.integer({ min: 2, max: 4 }),
    fc.array(fc.tuple(fc.array(cell, { minLength: 4, maxLength: 4 }), fc.boolean(), lineEnd)),
  )
  .map(([width, drawn]) => {
    const rows = drawn.map(([cells]) => cells.slice(0, width));
    const lines = drawn.map(
      ([, likes, end], row) => `${(rows[row] ?? []).map((each) => asWritten(each, likes)).join(",")}${end}`,
    );
    return { rows, text: lines.join("") };
  });
const file = written.map(({ text }) => text);

function outcome<Result>(read: () => Result): unknown {
  try {
    return read();
  } catch (error) {
    assert.ok(error instanceof GradusError, String(error));
    return { code: error.code, values: error.values };
  }
}

describe("CSV records", () => {
  test("are the written cells, whatever they contain", () => {
    fc.assert(
      fc.property(written, ({ rows, text }) => {
        const read = [...csvRecords([text], { file: "f", delimiter: "," })].map(({ cells }) => cells);
        assert.deepEqual(read, rows);
      }),
    );
  });

  test("do not depend on the parts of the text", () => {
    const anything = fc.oneof(file, fc.string({ unit: fc.constantFrom(...'ab,; "\r\n\0'), maxLength: 60 }));
    fc.assert(
      fc.property(anything, sizes, (text, cuts) => {
        const read = (chunks: Iterable<string>) => outcome(() => [...csvRecords(chunks, { file: "f" })]);
        assert.deepEqual(read(parts(text, cuts)), read([text]));
      }),
    );
  });

  test("are what csv-parse reads, its refusals too", () => {
    const theirs = (text: string) =>
      parse(text, {
        bom: true,
        trim: true,
        record_delimiter: ["\r\n", "\n", "\r"],
        skip_empty_lines: true,
        relax_column_count: true,
        relax_quotes: true,
      }) as string[][];
    const anything = fc.oneof(
      file,
      fc.string({ unit: fc.constantFrom(...'ab,; \t"\r\n'), maxLength: 40 }),
      fc.string({ unit: fc.constantFrom(...'a,"\n'), maxLength: 12 }),
    );
    fc.assert(
      fc.property(anything, (text) => {
        let expected: string[][] | undefined;
        try {
          expected = theirs(text);
        } catch {
          expected = undefined;
        }
        const ours = () => [...csvRecords([text], { file: "f", delimiter: "," })].map(({ cells }) => cells);
        if (expected === undefined) assert.throws(ours, { code: "bad-data" });
        else assert.deepEqual(ours(), expected);
      }),
      { numRuns: 2000 },
    );
  });

  test("a table does not depend on the parts of the file, in UTF-8 and UTF-16", () => {
    const number = fc.constantFrom("1", "2.5", "-3", "4e2", "", "?", "x");
    const rows = fc.array(fc.tuple(number, number, fc.constantFrom("0", "1", "1.0", "é", "😀", "NA")), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(rows, sizes, fc.boolean(), fc.boolean(), (rows, cuts, isWide, skips) => {
        const text = `\ufeff,größe,y\n${rows.map((cells) => cells.join(",")).join("\n")}`;
        const bytes = new Uint8Array(Buffer.from(text, isWide ? "utf16le" : "utf8"));
        const options = skips ? ({ missing: "skip-row" } as const) : {};
        const read = (chunks: Iterable<string>) => outcome(() => readTable(chunks, options, "f"));
        assert.deepEqual(read(textChunks(parts(bytes, cuts))), read([text]));
      }),
    );
  });

  test("the delimiter of a first line that is longer than the inspected part", () => {
    const text = `${"x".repeat(600_000)};${"y".repeat(600_000)},${"z,".repeat(100_000)}\n1;2\n`;
    const read = (chunks: Iterable<string>) => [...csvRecords(chunks, { file: "f" })].map(({ cells }) => cells.length);
    assert.deepEqual(read([text]), [2, 2]);
    assert.deepEqual(read(parts(text, [70_000])), [2, 2]);
  });

  test("a record over many parts takes linear time", () => {
    const quoted = `a,b\n1,"${"x".repeat(3_000_000)}"\n`;
    const start = performance.now();
    const records = [...csvRecords(parts(quoted, [300]), { file: "f" })];
    assert.equal(records[1]?.cells[1]?.length, 3_000_000);
    assert.ok(performance.now() - start < 10_000);
  });

  test("a file of many parts, with more rows than the inspected head", () => {
    const rows = 30_000;
    const path = join(folder, "long.csv");
    const line = (row: number) => `${row},${row / 4},${"x".repeat(row % 50)},${row % 3}\n`;
    writeFileSync(path, `,a,ü,y\n${Array.from({ length: rows }, (_, row) => line(row)).join("")}`);
    const table = readCsv(path, { ignore: ["ü"] });
    assert.deepEqual([table.length, table.classes, table.featureNames], [rows, 3, ["a"]]);
    assert.deepEqual(
      table.inputs,
      Float32Array.from({ length: rows }, (_, row) => row / 4),
    );
    assert.deepEqual(
      table.targets,
      Int32Array.from({ length: rows }, (_, row) => row % 3),
    );
    writeFileSync(path, `a,y\n${"1,0\n".repeat(rows)}1e39,1\n`);
    assert.throws(
      () => readCsv(path),
      (error: GradusError) =>
        error.code === "not-finite" && error.values.line === rows + 2 && error.values.row === rows,
    );
  });
});
