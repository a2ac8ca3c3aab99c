import type { PlaygroundConfig } from "../config/config.ts";
import type { Change, Story, StoryPromise } from "./story.ts";

/** What a network on the page is to a story: as it was set up, or after one of its changes. */
export type Part = { readonly kind: "before" } | { readonly kind: "after"; readonly change: Change };

const BEFORE: Part = { kind: "before" };

/** What each network on the page is to the story; undefined for one that the story does not know. The length of the run may differ, since
 *  a person may let it go on. */
export function partsOf(story: Story, config: PlaygroundConfig): readonly (Part | undefined)[] {
  const known: readonly (readonly [string, Part])[] = [
    [keyOf(story.config), BEFORE],
    ...story.changes.map((change): readonly [string, Part] => [
      keyOf(change.apply(story.config)),
      { kind: "after", change },
    ]),
  ];
  return config.networks.map((network) => {
    const key = keyOf({ ...config, networks: [network] });
    return known.find(([each]) => each === key)?.[1];
  });
}

export function promisesOf(story: Story, part: Part): readonly StoryPromise[] {
  return part.kind === "before" ? story.before : part.change.promises;
}

/** Whether a change can stand beside the network as it was: only networks may differ, not data, seed or epochs. */
export function canStandBeside(story: Story, change: Change): boolean {
  const { networks: _, ...others } = story.config;
  const { networks: __, ...changed } = change.apply(story.config);
  return stable(others) === stable(changed);
}

/** The story's network and the changed one, side by side. */
export function sideBySide(story: Story, change: Change): PlaygroundConfig {
  const [before] = story.config.networks;
  const [after] = change.apply(story.config).networks;
  return { ...story.config, networks: [before, after] };
}

function keyOf({ epochs: _, ...config }: PlaygroundConfig): string {
  return stable(config);
}

/** JSON whose keys are in alphabetical order; fields that are undefined count as absent. */
function stable(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) =>
    typeof each === "object" && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  );
}
