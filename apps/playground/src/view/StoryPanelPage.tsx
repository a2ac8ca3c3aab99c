import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { canStandBeside, type Part, partsOf, sideBySide } from "../stories/phase.ts";
import { STORIES } from "../stories/stories.ts";
import type { Change, Story } from "../stories/story.ts";
import { storiesTexts } from "../text/stories.ts";
import type { StoryName, WatchName } from "../text/story-names.ts";
import { usePlayground } from "./context.ts";
import { Icon } from "./Icon.tsx";
import { Formulas } from "./StoryPanelFormulas.tsx";
import { Promises } from "./StoryPanelPromises.tsx";
import { after, BEFORE, begin, useChecks } from "./StoryPanelState.ts";

/** Classes of the panels in which a story is seen. */
const PANELS: Readonly<Record<WatchName, string>> = {
  gradients: "network",
  signal: "network",
  curves: "results",
  plane: "output",
};

interface StoryPageProps {
  readonly story: Story;
  readonly onOpen: (name: StoryName) => void;
}

/** One story: what happens and why, four steps, its formulas and papers. */
export function StoryPage({ story, onOpen }: StoryPageProps) {
  const playground = usePlayground();
  const texts = storiesTexts.value;
  const text = texts.stories[story.name];
  const [chosen, setChosen] = useState<Change>(story.changes[0]);
  useChecks(story);
  const { config, histories } = playground.store;
  const parts = partsOf(story, config.value);
  const changed = parts.find((part) => part?.kind === "after");
  const shown = changed?.kind === "after" ? changed.change : chosen;
  const hasBefore = parts.some((part) => part?.kind === "before");
  const wasChanged = histories.value.some(({ calm, marks }) => calm.value >= 0 && marks.length > 0);
  return (
    <>
      <p class="story-position">{texts.position(STORIES.indexOf(story) + 1, STORIES.length)}</p>
      <p>{text.what}</p>
      <ol class="story-steps">
        <Step title={texts.steps.setUp}>
          <p>{text.setUp}</p>
          <button
            type="button"
            class={changed === undefined ? "primary" : ""}
            onClick={() => begin(playground, story.config, story.stepsPerSecond)}
          >
            <Icon name="play" />
            <span>{hasBefore ? texts.setUpAgain : texts.setUp}</span>
          </button>
          <Where parts={parts} wasChanged={wasChanged} />
        </Step>
        <Step title={texts.steps.watch}>
          <p>{text.watch}</p>
          <WatchButton watch={story.watch} />
          <Promises story={story} part={BEFORE} />
        </Step>
        <Step title={texts.steps.change}>
          <p>{text.change}</p>
          <ul class="story-changes">
            {story.changes.map((change) => (
              <ChangeItem
                key={change.name}
                story={story}
                change={change}
                isPrimary={hasBefore && change === story.changes[0]}
                isOn={changed?.kind === "after" && changed.change === change}
                onChoose={setChosen}
              />
            ))}
          </ul>
        </Step>
        <Step title={texts.steps.see}>
          <p>{text.see}</p>
          {story.changes.length > 1 && <p class="story-of-change">{texts.changes[shown.name]}</p>}
          <Promises story={story} part={after(shown)} />
        </Step>
      </ol>
      <Related story={story} onOpen={onOpen} />
      <Formulas names={story.formulas} />
      <Papers story={story} />
      <Neighbours story={story} onOpen={onOpen} />
    </>
  );
}

function Step({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  return (
    <li>
      <h3>{title}</h3>
      {children}
    </li>
  );
}

/** Says whether the page shows the story's network. Keeps its room when it says nothing. */
function Where({ parts, wasChanged }: { readonly parts: readonly (Part | undefined)[]; readonly wasChanged: boolean }) {
  const texts = storiesTexts.value;
  const known = parts.filter((part) => part !== undefined);
  if (known.length === 0) return <p class="story-where">{texts.isEdited}</p>;
  if (wasChanged) return <p class="story-where">{texts.goesOnFromChange}</p>;
  const isBefore = known.some(({ kind }) => kind === "before");
  if (known.length === 2) return <p class="story-where">{texts.areSetUp}</p>;
  return <p class="story-where">{isBefore ? texts.isSetUp : texts.isChanged}</p>;
}

function WatchButton({ watch }: { readonly watch: WatchName }) {
  const texts = storiesTexts.value;
  const show = () => {
    const panel = document.querySelector<HTMLElement>(`.panel.${PANELS[watch]}`);
    if (panel === null) return;
    panel.tabIndex = -1;
    panel.focus({ preventScroll: true });
    panel.scrollIntoView({ block: "nearest" });
    panel.classList.add("is-pointed-out");
    panel.addEventListener("blur", () => panel.classList.remove("is-pointed-out"), { once: true });
  };
  return (
    <button type="button" class="quiet story-watch" title={texts.watches[watch]} onClick={show}>
      {texts.showMe}
      <span class="visually-hidden">: {texts.watches[watch]}</span>
    </button>
  );
}

interface ChangeItemProps {
  readonly story: Story;
  readonly change: Change;
  readonly isPrimary: boolean;
  readonly isOn: boolean;
  readonly onChoose: (change: Change) => void;
}

function ChangeItem({ story, change, isPrimary, isOn, onChoose }: ChangeItemProps) {
  const playground = usePlayground();
  const texts = storiesTexts.value;
  const name = texts.changes[change.name];
  return (
    <li>
      <button
        type="button"
        class={isPrimary ? "primary" : ""}
        aria-pressed={isOn}
        onClick={() => {
          onChoose(change);
          begin(playground, change.apply(story.config), story.stepsPerSecond);
        }}
      >
        {name}
      </button>
      {canStandBeside(story, change) && (
        <button
          type="button"
          class="quiet"
          title={texts.sideBySideHint}
          aria-label={`${texts.sideBySide}: ${name}`}
          onClick={() => {
            onChoose(change);
            begin(playground, sideBySide(story, change), story.stepsPerSecond);
          }}
        >
          {texts.sideBySide}
        </button>
      )}
    </li>
  );
}

function Related({ story, onOpen }: StoryPageProps) {
  const texts = storiesTexts.value;
  return (
    <section class="story-related">
      <h3>{story.kind === "disease" ? texts.remedies : texts.cures}</h3>
      <ul>
        {story.related.map((name) => (
          <li key={name}>
            <button type="button" class="quiet" onClick={() => onOpen(name)}>
              {texts.stories[name].title}
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Papers({ story }: { readonly story: Story }) {
  return (
    <section class="story-papers">
      <h3>{storiesTexts.value.papers}</h3>
      <ul>
        {story.papers.map(({ authors, title, year, language = "en" }) => (
          <li key={title}>
            {authors}, <cite lang={language}>{title}</cite>, {year}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Neighbours({ story, onOpen }: StoryPageProps) {
  const texts = storiesTexts.value;
  const index = STORIES.indexOf(story);
  const previous = STORIES[index - 1];
  const next = STORIES[index + 1];
  return (
    <nav class="story-neighbours" aria-label={texts.title}>
      {previous !== undefined && (
        <button type="button" onClick={() => onOpen(previous.name)}>
          <Icon name="left" />
          <span>{texts.previous(texts.stories[previous.name].title)}</span>
        </button>
      )}
      {next !== undefined && (
        <button type="button" class="story-next" onClick={() => onOpen(next.name)}>
          <span>{texts.next(texts.stories[next.name].title)}</span>
          <Icon name="right" />
        </button>
      )}
    </nav>
  );
}
