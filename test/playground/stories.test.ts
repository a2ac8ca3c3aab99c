import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { formulas, toMathML } from "../../apps/playground/formulas.ts";
import { DEFAULT_CONFIG } from "../../apps/playground/src/config/defaults.ts";
import { decodeConfig, encodeConfig } from "../../apps/playground/src/config/url.ts";
import { LATEX } from "../../apps/playground/src/stories/latex.ts";
import { canStandBeside, partsOf, sideBySide } from "../../apps/playground/src/stories/phase.ts";
import { keepProgress, readProgress, stageOf, withSeen } from "../../apps/playground/src/stories/progress.ts";
import { findStory, STORIES, storyOf } from "../../apps/playground/src/stories/stories.ts";

describe("stories", () => {
  test("three diseases, then six remedies; each disease names its remedies", () => {
    assert.deepEqual(
      STORIES.map(({ kind }) => kind),
      ["disease", "disease", "disease", ...Array.from({ length: 6 }, () => "remedy"), "beyond"],
    );
    for (const { kind, related } of STORIES) {
      if (kind === "disease") assert.ok(related.every((name) => storyOf(name).kind === "remedy"));
    }
    assert.equal(findStory("vanishingGradient"), storyOf("vanishingGradient"));
    assert.equal(findStory("none"), undefined);
  });

  test("an address holds every story and every change", () => {
    for (const { config, changes } of STORIES) {
      for (const each of [config, ...changes.map(({ apply }) => apply(config))]) {
        const { config: restored, problems } = decodeConfig(encodeConfig(each), DEFAULT_CONFIG);
        assert.deepEqual(problems, []);
        assert.deepEqual(restored, each);
      }
    }
  });

  test("knows its networks on the page, whatever the number of epochs", () => {
    const story = storyOf("activations");
    const [change] = story.changes;
    const kinds = (config: typeof story.config) => partsOf(story, config).map((part) => part?.kind);
    assert.deepEqual(kinds(story.config), ["before"]);
    assert.deepEqual(kinds({ ...story.config, epochs: 99 }), ["before"]);
    assert.deepEqual(kinds(change.apply(story.config)), ["after"]);
    assert.deepEqual(kinds(sideBySide(story, change)), ["before", "after"]);
    assert.deepEqual(kinds({ ...story.config, seed: 99 }), [undefined]);
    const [network] = story.config.networks;
    // the same in another order, and with what is absent written out
    const { blocks, ...others } = network;
    assert.deepEqual(kinds({ ...story.config, networks: [{ ...others, clip: undefined, blocks } as typeof network] }), [
      "before",
    ]);
  });

  test("only networks stand side by side: more samples do not", () => {
    const story = storyOf("overfitting");
    const beside = story.changes.map((change) => [change.name, canStandBeside(story, change)]);
    assert.deepEqual(beside, [
      ["l2", true],
      ["dropout", true],
      ["moreSamples", false],
    ]);
  });
});

describe("progress", () => {
  const storageOf = (text: string | null) => () => ({ getItem: () => text });

  test("is kept and read", () => {
    let kept = "";
    const progress = withSeen(withSeen({}, "dropout", "before"), "dropout", "after");
    keepProgress(() => ({ setItem: (_, text) => (kept = text) }), progress);
    assert.deepEqual(readProgress(storageOf(kept)), { dropout: { before: true, after: true } });
    assert.equal(withSeen(progress, "dropout", "after"), progress);
    assert.deepEqual(
      [undefined, { before: true, after: false }, { before: true, after: true }].map((seen) => stageOf(seen)),
      ["new", "begun", "done"],
    );
  });

  test("a browser that keeps nothing, or nonsense, does no harm", () => {
    const refuses = (): never => {
      throw new Error("denied");
    };
    assert.deepEqual(readProgress(refuses), {});
    assert.doesNotThrow(() => keepProgress(refuses, {}));
    for (const text of [null, "{", "null", "[1]", '{"dropout":3,"other":{"before":true}}']) {
      assert.deepEqual(readProgress(storageOf(text)), {});
    }
  });
});

describe("formulas", () => {
  test("each becomes MathML without errors", () => {
    for (const latex of Object.values(LATEX)) {
      const text = toMathML(latex);
      assert.match(text, /^<math [^>]*display="block"/);
      assert.doesNotMatch(text, /merror|\\/);
    }
    assert.throws(() => toMathML(String.raw`\frac{1`));
  });

  test("the page imports MathML by name", () => {
    const { resolveId, load } = formulas;
    assert.ok(typeof resolveId === "function" && typeof load === "function");
    const id = resolveId.call({} as never, "virtual:formulas", undefined, {} as never);
    assert.equal(typeof id, "string");
    const code = load.call({} as never, id as string);
    assert.equal(typeof code, "string");
    const json = (code as string).replace(/^export const FORMULAS = /, "").replace(/;$/, "");
    assert.deepEqual(Object.keys(JSON.parse(json)), Object.keys(LATEX));
    assert.doesNotMatch(json, /\\\\frac/);
    assert.equal(load.call({} as never, "other"), undefined);
  });
});
