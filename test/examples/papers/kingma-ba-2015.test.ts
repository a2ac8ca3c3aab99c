import assert from "node:assert/strict";
import { test } from "node:test";
import { costOf, run } from "../../../examples/papers/kingma-ba-2015.ts";

test("Adam reaches the lowest cost of four methods, and its bias correction keeps the first epoch steady", async () => {
  const { isReproduced, measured } = await run({ full: false, seed: 1, threads: 1 });
  assert.ok(isReproduced);
  const cost = (name: string): number => {
    const found = measured.find((outcome) => outcome.name === name);
    assert.ok(found !== undefined, name);
    return costOf(found);
  };
  for (const name of ["RMSProp", "SGD, Nesterov", "AdaGrad"]) {
    // each method learned a good part of the task, so that the comparison is meaningful
    assert.ok(cost(name) < 1, `${name}: ${cost(name)}`);
    assert.ok(cost("Adam") < 0.98 * cost(name), `Adam ${cost("Adam")}, ${name} ${cost(name)}`);
  }
  assert.ok(cost("not corrected") > 1.5 * cost("corrected"), `${cost("not corrected")} ${cost("corrected")}`);
});
