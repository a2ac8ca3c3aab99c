import { harmless } from "gradus-parts/text/harmless.ts";
import { useDashboard } from "../state/context.ts";
import { uiTexts } from "../text/ui.ts";
import { CopyButton } from "./CopyButton.tsx";
import { quoted } from "./shell.ts";

/** The command that makes a first run in a folder. It is the same in every language. */
const commandFor = (folder: string) =>
  `gradus train experiment.json --run first${folder === "" ? "" : ` --runs ${quoted(folder)}`}`;

/** Shown where there are no runs: what makes one. */
export function NoRuns() {
  const { store } = useDashboard();
  const { empty, copy } = uiTexts.value;
  if (!store.isLoaded.value) return <p class="panel empty">{empty.waiting}</p>;
  return (
    <section class="panel no-runs">
      <h2>{empty.title}</h2>
      <p>{empty.about(harmless(store.folder.value))}</p>
      <p>{empty.own}</p>
      <Command text={commandFor(store.folder.value)} label={copy} />
      <p class="about">{empty.others}</p>
    </section>
  );
}

/** A command to copy. */
export function Command({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div class="command">
      <code>{harmless(text)}</code>
      <CopyButton label={label} text={() => text} />
    </div>
  );
}

/** Shown where nothing is selected, or nothing measured. */
export function Nothing({ title, about }: { readonly title: string; readonly about: string }) {
  return (
    <section class="panel no-runs">
      <h2>{title}</h2>
      <p class="about">{about}</p>
    </section>
  );
}
