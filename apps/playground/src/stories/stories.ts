import { STORY_NAMES, type StoryName } from "../text/story-names.ts";
import { activations } from "./activations.ts";
import { batchNormalisation } from "./batch-normalisation.ts";
import { clipping } from "./clipping.ts";
import { dropout } from "./dropout.ts";
import { explodingGradient } from "./exploding-gradient.ts";
import { initialisation } from "./initialisation.ts";
import { optimisers } from "./optimisers.ts";
import { overfitting } from "./overfitting.ts";
import { recurrence } from "./recurrence.ts";
import type { Story } from "./story.ts";
import { vanishingGradient } from "./vanishing-gradient.ts";

const TABLE = {
  vanishingGradient,
  explodingGradient,
  overfitting,
  initialisation,
  activations,
  batchNormalisation,
  clipping,
  optimisers,
  dropout,
  recurrence,
} as const satisfies Record<StoryName, Story>;

/** Every story, in the order of the course. */
export const STORIES: readonly Story[] = STORY_NAMES.map((name) => TABLE[name]);

export function storyOf(name: StoryName): Story {
  return TABLE[name];
}

/** The story of that name, where text from elsewhere names one. */
export function findStory(name: string | undefined): Story | undefined {
  return STORIES.find((story) => story.name === name);
}
