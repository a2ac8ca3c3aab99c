import { harmless } from "gradus-parts/text/harmless.ts";
import { useDashboard } from "../state/context.ts";
import { uiTexts } from "../text/ui.ts";
import { CopyButton } from "./CopyButton.tsx";

/** The command that makes a first run. It is the same in every language. */
const COMMAND = "gradus train experiment.json --run first";

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
      <Command text={COMMAND} label={copy} />
      <p class="about">{empty.others}</p>
    </section>
  );
}

/** A command to copy. */
export function Command({ text, label }: { readonly text: string; readonly label: string }) {
  return (
    <div class="command">
      <code>{text}</code>
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
