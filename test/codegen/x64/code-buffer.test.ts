import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { Assembler } from "../../../src/codegen/x64/assembler.ts";
import { CodeBuffer } from "../../../src/codegen/x64/code-buffer.ts";
import { memory, rax, type Vector, ymm } from "../../../src/codegen/x64/registers.ts";

test("bytes stay unchanged while the buffer grows, whichever method adds them", () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 9000 }), { maxLength: 5 }), fc.boolean(), (parts, isWhole) => {
      const code = new CodeBuffer();
      for (const part of parts) {
        if (isWhole) code.append(part);
        else for (const byte of part) code.byte(byte);
      }
      const expected = Buffer.concat(parts);
      assert.equal(code.length, expected.length);
      const bytes = code.finish();
      assert.deepEqual(Buffer.from(bytes.subarray(0, expected.length)), expected);
    }),
    { numRuns: 50 },
  );
});

test("numbers are little-endian", () => {
  const code = new CodeBuffer();
  code.int32(-2);
  code.int32(0x12345678);
  code.int64(-2n);
  code.int64(0x123456789abcdef0n);
  const view = new DataView(code.finish().buffer);
  assert.deepEqual([view.getInt32(0, true), view.getInt32(4, true)], [-2, 0x12345678]);
  assert.deepEqual([view.getBigInt64(8, true), view.getBigInt64(16, true)], [-2n, 0x123456789abcdef0n]);
});

test("a constant is stored once, at a multiple of its length, and a place at its label reads it", () => {
  const sizes = fc.constantFrom(4, 8, 16, 32, 64);
  const constant = sizes.chain((size) => fc.uint8Array({ minLength: size, maxLength: size, max: 1 }));
  fc.assert(
    fc.property(fc.array(constant, { minLength: 1, maxLength: 40 }), (constants) => {
      const a = new Assembler();
      const used = constants.map((bytes, index) => {
        for (let filler = index % 5; filler > 0; filler--) a.ret();
        const label = a.code.constant(bytes);
        // with a byte after the distance, which is measured from the end of the instruction
        a.vector("vshufps", [ymm[0] as Vector, ymm[1] as Vector, memory(label)], { immediate: 0 });
        return { label, bytes, end: a.code.length };
      });
      const code = a.code.finish();
      const view = new DataView(code.buffer);
      for (const { label, bytes, end } of used) {
        const offset = end + view.getInt32(end - 5, true);
        assert.equal(offset, a.code.offsetOf(label));
        assert.equal(offset % bytes.length, 0);
        assert.deepEqual(code.slice(offset, offset + bytes.length), bytes);
      }
      const distinct = new Set(constants.map(String));
      assert.equal(new Set(used.map(({ label }) => label.id)).size, distinct.size);
    }),
  );
});

test("a constant does not change with its source array", () => {
  const code = new CodeBuffer();
  const bytes = Uint8Array.of(1, 2, 3, 4);
  const label = code.constant(bytes);
  bytes.fill(9);
  assert.notEqual(code.constant(bytes).id, label.id);
  assert.deepEqual([...code.finish()], [1, 2, 3, 4, 9, 9, 9, 9]);
});

test("a place at a label includes its displacement", () => {
  const a = new Assembler();
  const label = a.label();
  a.lea(rax, memory(label, 16));
  a.bind(label);
  assert.equal(new DataView(a.code.finish().buffer).getInt32(3, true), 16);
});

test("padding ends at a multiple", () => {
  for (let before = 0; before < 40; before++) {
    const a = new Assembler();
    for (let rest = before; rest > 0; rest--) a.ret();
    a.code.align(32);
    assert.equal(a.code.length, Math.ceil(before / 32) * 32);
  }
});

test("lines are kept only for a listing, with the offset of each instruction", () => {
  const write = (a: Assembler): Assembler => {
    a.mov(rax, 1);
    a.vzeroupper();
    a.ret();
    return a;
  };
  assert.deepEqual(write(new Assembler()).code.lines, []);
  const listed = write(new Assembler({ listing: true }));
  assert.deepEqual(listed.code.lines, [
    { offset: 0, text: "mov rax,0x1" },
    { offset: 7, text: "vzeroupper" },
    { offset: 10, text: "ret" },
  ]);
  assert.deepEqual(listed.code.finish(), write(new Assembler()).code.finish());
});
