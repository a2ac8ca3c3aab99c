import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { GradusError } from "../../../src/core/errors.ts";
import { crc32c } from "../../../src/io/crc32c.ts";
import { splitRecords } from "../../../src/io/tensorboard/records.ts";
import { frame, joined } from "./write-events.ts";

const bytesOf = (text: string) => new TextEncoder().encode(text);

// RFC 3720, appendix B.4, and the check value of the catalogue of parametrised CRC algorithms
test("CRC-32C of known bytes", () => {
  const ascending = Uint8Array.from({ length: 32 }, (_, index) => index);
  assert.equal(crc32c(bytesOf("123456789")), 0xe3069283);
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  assert.equal(crc32c(ascending), 0x46dd794e);
});

test("CRC-32C of any part of any bytes is that of the definition, bit by bit", () => {
  const byDefinition = (bytes: Uint8Array) => {
    let crc = 0xffffffff;
    for (const byte of bytes) {
      crc ^= byte;
      for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
    }
    return ~crc >>> 0;
  };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 70 }), fc.nat(20), fc.nat(20), (bytes, before, after) => {
      const start = Math.min(before, bytes.length);
      const end = Math.max(start, bytes.length - after);
      assert.equal(crc32c(bytes, start, end), byDefinition(bytes.subarray(start, end)));
    }),
  );
});

const records = fc.array(fc.uint8Array({ maxLength: 40 }), { minLength: 1, maxLength: 6 });

test("a file truncated anywhere gives the records before the cut and the number of remaining bytes", () => {
  fc.assert(
    fc.property(records, fc.nat(), (given, place) => {
      const whole = joined(given.map(frame));
      const cut = place % (whole.length + 1);
      const part = whole.subarray(0, cut);
      let [count, end] = [0, 0];
      for (const record of given) {
        if (end + record.length + 16 > cut) break;
        end += record.length + 16;
        count++;
      }
      if (cut < 12) {
        assert.throws(
          () => splitRecords(part, "cut"),
          (error) => error instanceof GradusError && error.code === "bad-data",
        );
        return;
      }
      const { records: read, leftOver, damagedAt } = splitRecords(part, "cut");
      assert.deepEqual(
        read.map((each) => [...each]),
        given.slice(0, count).map((each) => [...each]),
      );
      assert.equal(leftOver, cut - end);
      assert.deepEqual(damagedAt, []);
    }),
  );
});

test("a flipped bit is found anywhere", () => {
  const given = [bytesOf("first"), bytesOf("second"), bytesOf("third")];
  const whole = joined(given.map(frame));
  const begins = [0, 21, 43];
  for (let bit = 0; bit < 8 * whole.length; bit++) {
    const damaged = whole.slice();
    const at = bit >> 3;
    damaged[at] = (damaged[at] as number) ^ (1 << (bit & 7));
    const index = begins.findLastIndex((begin) => begin <= at);
    const begin = begins[index] as number;
    const isInLength = at < begin + 12;
    if (isInLength && index === 0) {
      assert.throws(() => splitRecords(damaged, "flipped"), /not a TensorBoard event file/);
      continue;
    }
    const { records: read, damagedAt, leftOver, lostAt } = splitRecords(damaged, "flipped");
    if (isInLength) {
      // nothing after a wrong length can be found
      assert.deepEqual([read.length, lostAt, leftOver], [index, begin, whole.length - begin]);
    } else {
      assert.deepEqual(damagedAt, [begin]);
      assert.equal(read.length, 2);
    }
  }
});
