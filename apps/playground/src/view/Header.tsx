import { useSignal } from "@preact/signals";
import { Segmented } from "gradus-parts/fields/Segmented.tsx";
import { LANGUAGES, type Language, language } from "gradus-parts/text/language.ts";
import { uiTexts } from "../text/ui.ts";
import { usePlayground } from "./context.ts";
import { ExportMenu } from "./ExportMenu.tsx";

const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: "English", ko: "한국어" };
const SHORT_LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: "EN", ko: "한" };
const THEMES = ["auto", "light", "dark"] as const;

interface HeaderProps {
  readonly onHelp: () => void;
}

export function Header({ onHelp }: HeaderProps) {
  const { store } = usePlayground();
  const { title, tagline, header } = uiTexts.value;
  const { isStoryPanelOpen, theme } = store;
  return (
    <header class="header">
      <div class="brand">
        <h1>{title}</h1>
        <p>{tagline}</p>
      </div>
      <div class="header-tools">
        <Segmented
          label={header.language}
          value={language.value}
          options={LANGUAGES}
          nameOf={(each) => SHORT_LANGUAGE_NAMES[each]}
          titleOf={(each) => LANGUAGE_NAMES[each]}
          onChange={(each) => {
            language.value = each;
          }}
        />
        <select
          class="compact"
          aria-label={header.theme}
          title={header.theme}
          value={theme.value}
          onChange={({ currentTarget }) => {
            theme.value = THEMES[currentTarget.selectedIndex] ?? "auto";
          }}
        >
          {THEMES.map((each) => (
            <option key={each} value={each}>
              {header.themes[each]}
            </option>
          ))}
        </select>
        <button
          type="button"
          aria-pressed={isStoryPanelOpen.value}
          onClick={() => {
            isStoryPanelOpen.value = !isStoryPanelOpen.value;
          }}
        >
          {header.stories}
        </button>
        <ShareButton />
        <ExportMenu />
        <button type="button" onClick={onHelp} aria-keyshortcuts="?">
          {header.help}
        </button>
      </div>
    </header>
  );
}

function ShareButton() {
  const { actions, store } = usePlayground();
  const { header } = uiTexts.value;
  const isCopied = useSignal(false);
  const share = async () => {
    try {
      await navigator.clipboard.writeText(actions.address());
      isCopied.value = true;
      store.announcement.value = { kind: "copied" };
      setTimeout(() => {
        isCopied.value = false;
      }, 2000);
    } catch {
      actions.notify({ code: "not-shared", message: header.notShared, values: {} });
    }
  };
  return (
    <button type="button" class="share" title={header.share.hint} onClick={share}>
      {/* both texts take their room, so that the button keeps its width */}
      <span class={isCopied.value ? "is-hidden" : ""}>{header.share.label}</span>
      <span class={isCopied.value ? "" : "is-hidden"}>✓</span>
    </button>
  );
}
