import { effect, signal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { PlaygroundConfig } from "../config/config.ts";
import type { Playground } from "../state/playground.ts";
import { type Checked, check } from "../stories/check.ts";
import { type Part, partsOf, promisesOf } from "../stories/phase.ts";
import { keepProgress, type Progress, readProgress, withSeen } from "../stories/progress.ts";
import type { Change, Story } from "../stories/story.ts";
import { usePlayground } from "./context.ts";

/** What has been seen of each story; the browser keeps it. */
export const progress = signal<Progress>(readProgress(() => localStorage));

/** The latest results by story and part, so that what was seen before the change can still be read after it. */
const results = signal<Readonly<Record<string, readonly Checked[]>>>({});

/** At most so often does a number in the panel change: faster nobody reads. In ms. */
const PACE = 250;

const keyOf = (story: Story, part: Part) => `${story.name} ${part.kind === "before" ? "before" : part.change.name}`;

/** What is known of a part's promises: of the run on the page, or of the last one. */
export function resultsOf(story: Story, part: Part): readonly Checked[] {
  return (
    results.value[keyOf(story, part)] ??
    promisesOf(story, part).map((promise) => ({ promise, verdict: "waiting", value: undefined }))
  );
}

export const BEFORE: Part = { kind: "before" };
export const after = (change: Change): Part => ({ kind: "after", change });

/** Judges the story's promises by the runs on the page for as long as the story is open. */
export function useChecks(story: Story): void {
  const { store } = usePlayground();
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const judge = () => {
      timer = undefined;
      // while networks are being built, the histories are those of the last ones
      if (store.phase.peek() === "starting" || store.phase.peek() === "refused") return;
      const parts = partsOf(story, store.config.peek());
      for (const [index, history] of store.histories.peek().entries()) {
        const part = parts[index];
        if (part === undefined || history.step === 0) continue;
        put(
          story,
          part,
          promisesOf(story, part).map((promise) => check(promise, history)),
        );
      }
    };
    const stop = effect(() => {
      store.config.value;
      store.phase.value;
      for (const { calm } of store.histories.value) calm.value;
      timer ??= setTimeout(judge, PACE);
    });
    return () => {
      stop();
      clearTimeout(timer);
    };
  }, [story, store]);
}

function put(story: Story, part: Part, checked: readonly Checked[]): void {
  const key = keyOf(story, part);
  const known = results.peek()[key];
  const isSame =
    known?.length === checked.length &&
    checked.every(
      ({ verdict, value }, index) => verdict === known[index]?.verdict && Object.is(value, known[index]?.value),
    );
  if (isSame) return;
  results.value = { ...results.peek(), [key]: checked };
  if (!checked.every(({ verdict }) => verdict === "kept")) return;
  const next = withSeen(progress.peek(), story.name, part.kind);
  if (next === progress.peek()) return;
  progress.value = next;
  keepProgress(() => localStorage, next);
}

/** Puts a story's configuration on the page, and trains it at a speed at which it can be watched. */
export function begin({ store, actions }: Playground, config: PlaygroundConfig, stepsPerSecond: number): void {
  actions.open(config);
  actions.setSpeed(stepsPerSecond);
  // until the new networks are there, "play" would go on with those that are on the page
  const stop = effect(() => {
    const phase = store.phase.value;
    if (phase === "starting") return;
    queueMicrotask(() => {
      stop();
      if (phase === "paused") actions.play();
    });
  });
}
