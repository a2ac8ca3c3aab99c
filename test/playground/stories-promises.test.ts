import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { check } from "../../apps/playground/src/stories/check.ts";
import { STORIES } from "../../apps/playground/src/stories/stories.ts";
import { trained } from "./stories-support.ts";

// every promise of every story, by training what the story's buttons set up
for (const story of STORIES) {
  const arms = [
    { name: "before", config: story.config, promises: story.before },
    ...story.changes.map(({ name, apply, promises }) => ({ name, config: apply(story.config), promises })),
  ];
  describe(story.name, () => {
    for (const { name, config, promises } of arms) {
      test(name, async () => {
        assert.notEqual(promises.length, 0);
        const run = await trained(config);
        for (const promise of promises) {
          const { verdict, value } = check(promise, run);
          assert.equal(verdict, "kept", `${promise.measure} is ${value}, promised ${JSON.stringify(promise.bound)}`);
        }
      });
    }
  });
}
