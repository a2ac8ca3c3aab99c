import assert from "node:assert/strict";
import { test } from "node:test";
import { Assembler } from "../../../src/codegen/x64/assembler.ts";
import type { Label } from "../../../src/codegen/x64/registers.ts";
import type { VectorName } from "../../../src/codegen/x64/vector-table.ts";
import { sweepGeneral, sweepJumps, sweepOthers, sweepPadding, sweepVector, vectorNames } from "./cases.ts";
import { differences, missing } from "./objdump.ts";

type Sweep = (a: Assembler, label: Label) => void;

/** Assembles before and after a label, so that distances to it have both signs, and compares. */
function requireAgreement(sweep: Sweep, again = sweep): number {
  const a = new Assembler({ listing: true });
  const label = a.label();
  sweep(a, label);
  a.bind(label);
  again(a, label);
  const end = a.code.length;
  const found = differences(a.code, a.code.finish(), end);
  assert.equal(found.length, 0, JSON.stringify(found.slice(0, 20), undefined, 1));
  return a.code.lines.length;
}

test("objdump decodes what the listing says", { skip: missing ?? false }, async (t) => {
  const ofTable = (names: readonly VectorName[]): Sweep => {
    return (a, label) => names.forEach((name) => sweepVector(a, name, label));
  };
  const sweeps: readonly (readonly [name: string, sweep: Sweep, again?: Sweep])[] = [
    // backward distances have the same form for all instructions
    ["instructions of the table", ofTable(vectorNames), ofTable(["vaddps", "vshufps", "vextractf128"])],
    ["other vector instructions", sweepOthers],
    ["general instructions", sweepGeneral],
    ["jumps", sweepJumps],
    ["padding", sweepPadding],
  ];
  for (const [name, sweep, again] of sweeps) {
    await t.test(name, (t) => {
      const count = requireAgreement(sweep, again);
      t.diagnostic(`${count} instructions`);
    });
  }
});
