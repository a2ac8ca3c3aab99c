import { useSignal } from "@preact/signals";
import { Segmented } from "gradus-parts/fields/Segmented.tsx";
import { harmless } from "gradus-parts/text/harmless.ts";
import { LANGUAGES, type Language, language } from "gradus-parts/text/language.ts";
import { useDashboard } from "../state/context.ts";
import { encodeView } from "../state/fragment.ts";
import { uiTexts } from "../text/ui.ts";
import { Connection } from "./Connection.tsx";
import { CopyButton } from "./CopyButton.tsx";
import { THEMES, theme } from "./theme.ts";

const LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: "English", ko: "한국어" };
const SHORT_LANGUAGE_NAMES: Readonly<Record<Language, string>> = { en: "EN", ko: "한" };

interface HeaderProps {
  readonly onHelp: () => void;
}

export function Header({ onHelp }: HeaderProps) {
  const { store } = useDashboard();
  const { title, header } = uiTexts.value;
  const folder = harmless(store.folder.value);
  const isFailed = useSignal(false);
  return (
    <header class="header">
      <div class="brand">
        <h1>{title}</h1>
        {folder !== "" && (
          <p title={header.folder(folder)}>
            <bdi>{folder}</bdi>
          </p>
        )}
        <Connection />
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
        {store.connection.value !== "static" && (
          <CopyButton
            label={header.share.label}
            hint={header.share.hint}
            text={() => addressOf(encodeView(store.view.peek()))}
            onFailed={() => {
              isFailed.value = true;
            }}
          />
        )}
        <button type="button" onClick={onHelp} aria-keyshortcuts="?">
          {header.help}
        </button>
      </div>
      {isFailed.value && (
        <p class="field-error" role="alert">
          {header.notCopied}
        </p>
      )}
    </header>
  );
}

/** The address of a view, without the token that the first address had. */
function addressOf(fragment: string): string {
  const address = new URL(location.href);
  address.search = "";
  address.hash = fragment;
  return address.href;
}
