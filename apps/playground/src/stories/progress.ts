import type { StoryName } from "../text/story-names.ts";
import { STORIES } from "./stories.ts";

/** What has been seen of a story: all promises before the change, all after it. */
export interface Seen {
  readonly before: boolean;
  readonly after: boolean;
}

export type Progress = Readonly<Partial<Record<StoryName, Seen>>>;
export type Stage = "new" | "begun" | "done";

export const NOTHING_SEEN: Seen = { before: false, after: false };

const KEY = "gradus.stories";

/** The progress that the browser kept. Nothing where it keeps none, or where what it kept is damaged. */
export function readProgress(storage: () => Pick<Storage, "getItem">): Progress {
  try {
    const kept: unknown = JSON.parse(storage().getItem(KEY) ?? "{}");
    if (typeof kept !== "object" || kept === null) return {};
    const entries = STORIES.flatMap(({ name }) => {
      const seen: unknown = (kept as Record<string, unknown>)[name];
      if (typeof seen !== "object" || seen === null) return [];
      const { before, after } = seen as Record<string, unknown>;
      return [[name, { before: before === true, after: after === true }]];
    });
    return Object.fromEntries(entries) as Progress;
  } catch {
    // private windows refuse storage, and its text may be anything
    return {};
  }
}

/** Keeps the progress, if the browser may. */
export function keepProgress(storage: () => Pick<Storage, "setItem">, progress: Progress): void {
  try {
    storage().setItem(KEY, JSON.stringify(progress));
  } catch {
    // it lasts as long as the page
  }
}

/** The progress with one more part seen; the same object where that was known. */
export function withSeen(progress: Progress, name: StoryName, kind: keyof Seen): Progress {
  const seen = progress[name] ?? NOTHING_SEEN;
  return seen[kind] ? progress : { ...progress, [name]: { ...seen, [kind]: true } };
}

export function stageOf({ before, after }: Seen = NOTHING_SEEN): Stage {
  if (before && after) return "done";
  return before || after ? "begun" : "new";
}
