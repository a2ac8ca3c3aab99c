import { stageOf } from "../stories/progress.ts";
import { STORIES } from "../stories/stories.ts";
import type { Story } from "../stories/story.ts";
import { storiesTexts } from "../text/stories.ts";
import type { StoryName } from "../text/story-names.ts";
import { progress } from "./StoryPanelState.ts";

const KINDS = ["disease", "remedy", "beyond"] as const;

interface StoryListProps {
  readonly onOpen: (name: StoryName) => void;
}

/** All stories by kind, each with how far it has been seen. */
export function StoryList({ onOpen }: StoryListProps) {
  const texts = storiesTexts.value;
  return (
    <>
      <p class="about">{texts.intro}</p>
      {KINDS.map((kind) => (
        <section key={kind} class="story-group">
          <h3>{texts.kinds[kind]}</h3>
          <ol class="story-list">
            {STORIES.filter((story) => story.kind === kind).map((story) => (
              <StoryItem key={story.name} story={story} onOpen={onOpen} />
            ))}
          </ol>
        </section>
      ))}
    </>
  );
}

interface StoryItemProps extends StoryListProps {
  readonly story: Story;
}

function StoryItem({ story: { name }, onOpen }: StoryItemProps) {
  const texts = storiesTexts.value;
  const stage = stageOf(progress.value[name]);
  return (
    <li>
      <button type="button" class="story-item" onClick={() => onOpen(name)}>
        <span class="story-number">{STORIES.findIndex((story) => story.name === name) + 1}</span>
        <span class="story-name">{texts.stories[name].title}</span>
        <span class={`story-stage is-${stage}`}>{texts.progress[stage]}</span>
      </button>
    </li>
  );
}
