import { formatNumber, formatPercent } from "gradus-parts/text/numbers.ts";
import { type Checked, endsOf, type Verdict } from "../stories/check.ts";
import { measureOf } from "../stories/measures.ts";
import type { Part } from "../stories/phase.ts";
import type { Story, StoryPromise } from "../stories/story.ts";
import { storiesTexts } from "../text/stories.ts";
import type { MeasureName } from "../text/story-names.ts";
import { resultsOf } from "./StoryPanelState.ts";

const MARKS: Readonly<Record<Verdict, string>> = { waiting: "·", kept: "✓", broken: "✗" };

interface PromisesProps {
  readonly story: Story;
  readonly part: Part;
}

/** What a part of a story promises, and what its run shows. Screen readers hear how many have been seen, not every number. */
export function Promises({ story, part }: PromisesProps) {
  const results = resultsOf(story, part);
  const seen = results.filter(({ verdict }) => verdict === "kept").length;
  return (
    <>
      <ul class="story-promises">
        {results.map((checked) => (
          <PromiseItem key={checked.promise.measure} checked={checked} />
        ))}
      </ul>
      <p class="visually-hidden" role="status">
        {seen > 0 && storiesTexts.value.seen(seen, results.length)}
      </p>
    </>
  );
}

function PromiseItem({ checked: { promise, verdict, value } }: { readonly checked: Checked }) {
  const texts = storiesTexts.value;
  const measure = texts.measures[promise.measure];
  return (
    <li class={`story-promise is-${verdict}`} data-measure={promise.measure} data-verdict={verdict}>
      <span class="story-mark" aria-hidden="true">
        {MARKS[verdict]}
      </span>
      <div>
        <p class="story-measure">
          {measure.name}:{" "}
          <strong>{value === undefined ? texts.notYet : measure.value(written(promise.measure, value))}</strong>
        </p>
        <p class="story-bound">
          <span>{texts.verdicts[verdict]}.</span> {texts.promised(boundInWords(promise), promise.afterEpochs)}
        </p>
      </div>
    </li>
  );
}

function written(name: MeasureName, value: number): string {
  const texts = storiesTexts.value;
  const { format } = measureOf(name);
  if (format === "truth") return value > 0 ? texts.isTrue : texts.isFalse;
  return format === "share" ? formatPercent(value) : formatNumber(value);
}

function boundInWords({ measure, bound }: StoryPromise): string {
  const texts = storiesTexts.value;
  const { atLeast, atMost } = endsOf(bound);
  if (measureOf(measure).format === "truth") return atLeast === undefined ? texts.isFalse : texts.isTrue;
  // bounds are round numbers: 65%, not 65.0%
  const round = (value: number) => written(measure, value).replace(".0%", "%");
  if (atLeast === undefined) return atMost === undefined ? "" : texts.atMost(round(atMost));
  if (atMost === undefined) return texts.atLeast(round(atLeast));
  return texts.between(round(atLeast), round(atMost));
}
