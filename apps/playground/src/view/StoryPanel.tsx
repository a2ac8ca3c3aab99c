import { useEffect, useRef } from "preact/hooks";
import { findStory } from "../stories/stories.ts";
import { storiesTexts } from "../text/stories.ts";
import type { StoryName } from "../text/story-names.ts";
import { usePlayground } from "./context.ts";
import { Icon } from "./Icon.tsx";
import { StoryList } from "./StoryPanelList.tsx";
import { StoryPage } from "./StoryPanelPage.tsx";
import "../style/stories.css";

/** The guided stories: the list of them, or the open one. */
export function StoryPanel() {
  const { store } = usePlayground();
  const texts = storiesTexts.value;
  const story = findStory(store.story.value);
  const heading = useRef<HTMLHeadingElement>(null);
  const wasOpened = useRef(false);
  const name = story?.name;
  // a reader who opens a story, or goes back to the list, starts at its title
  useEffect(() => {
    if (wasOpened.current) heading.current?.focus();
    wasOpened.current = true;
    void name;
  }, [name]);
  const open = (next: StoryName | undefined) => {
    store.story.value = next;
  };
  return (
    <section class="panel story-panel" aria-label={texts.title}>
      <div class="story-bar">
        {story !== undefined && (
          <button type="button" class="quiet" onClick={() => open(undefined)}>
            <Icon name="left" />
            <span>{texts.backToList}</span>
          </button>
        )}
        <h2 ref={heading} tabIndex={-1} class={story === undefined ? "" : "story-title"}>
          {story === undefined ? texts.title : texts.stories[story.name].title}
        </h2>
        <button
          type="button"
          class="icon-button story-close"
          aria-label={texts.close}
          title={texts.close}
          onClick={() => {
            store.isStoryPanelOpen.value = false;
          }}
        >
          <Icon name="remove" />
        </button>
      </div>
      {story === undefined ? <StoryList onOpen={open} /> : <StoryPage key={story.name} story={story} onOpen={open} />}
    </section>
  );
}
