import assert from "node:assert/strict";
import { test } from "node:test";
import { Assembler } from "../../../src/codegen/x64/assembler.ts";
import type { Label } from "../../../src/codegen/x64/registers.ts";
import { sweepGeneral, sweepJumps, sweepOthers, sweepVector, vectorNames } from "./cases.ts";
import { differences, missing } from "./objdump.ts";

/** Assembles before and after a label, so that distances to it have both signs, and compares. */
function requireAgreement(sweep: (a: Assembler, label: Label) => void): number {
  const a = new Assembler({ listing: true });
  const label = a.label();
  sweep(a, label);
  a.bind(label);
  sweep(a, label);
  const end = a.code.length;
  const found = differences(a.code, a.code.finish(), end);
  assert.equal(found.length, 0, JSON.stringify(found.slice(0, 20), undefined, 1));
  return a.code.lines.length;
}

test("objdump reads what the listing says", { skip: missing ?? false }, async (t) => {
  const sweeps: readonly (readonly [string, (a: Assembler, label: Label) => void])[] = [
    ["instructions of the table", (a, label) => vectorNames.forEach((name) => sweepVector(a, name, label))],
    ["other vector instructions", sweepOthers],
    ["general instructions", sweepGeneral],
    ["jumps", sweepJumps],
  ];
  for (const [name, sweep] of sweeps) {
    await t.test(name, (t) => {
      const count = requireAgreement(sweep);
      t.diagnostic(`${count} instructions`);
    });
  }
});
