import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { Assembler } from "../../../src/codegen/x64/assembler.ts";
import { differences, missing } from "./objdump.ts";
import { writeSamples } from "./samples.ts";

function assemble(): { a: Assembler; bytes: Uint8Array; end: number } {
  const a = new Assembler({ listing: true });
  writeSamples(a);
  const end = a.code.length;
  return { a, bytes: a.code.finish(), end };
}

/** Bytes and text of each instruction, including jumps and places at labels, whose bytes contain distances. */
function table(): string {
  const { a, bytes, end } = assemble();
  const { lines } = a.code;
  return lines
    .map(({ offset, text }, number) => {
      const next = lines[number + 1]?.offset ?? end;
      const hex = [...bytes.subarray(offset, next)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
      return `${hex.padEnd(34)} ${text}\n`;
    })
    .join("");
}

test("the bytes of every instruction are those that a disassembler has confirmed", () => {
  assert.equal(table(), readFileSync(new URL("instructions.txt", import.meta.url), "utf8"));
});

test("a disassembler decodes the listed bytes as listed", { skip: missing ?? false }, () => {
  const { a, bytes, end } = assemble();
  assert.deepEqual(differences(a.code, bytes, end), []);
});

test("every method that writes an instruction is listed", () => {
  const written = new Set<string>();
  const watched = new Proxy(new Assembler(), {
    get(target, name) {
      const value = Reflect.get(target, name, target);
      if (typeof value !== "function") return value;
      written.add(String(name));
      return value.bind(target);
    },
  });
  writeSamples(watched);
  const methods = [Assembler.prototype, Object.getPrototypeOf(Assembler.prototype)].flatMap(Object.getOwnPropertyNames);
  const short = ["add", "sub", "and", "xor", "cmp", "cmp32"];
  const rest = methods.filter((name) => !written.has(name) && ![...short, "constructor", "operand"].includes(name));
  assert.deepEqual(rest, []);
});
