import { useSignal } from "@preact/signals";
import type { RunDetail } from "gradus/dashboard-protocol";
import { harmless } from "gradus-parts/text/harmless.ts";
import { runTexts } from "../../text/run.ts";
import { DataTable } from "./DataTable.tsx";
import { flatten } from "./flatten.ts";
import { Section } from "./Section.tsx";

/** From so many settings on there is a field to find one. */
const MANY = 16;

/** The settings by path. */
export function SettingsSection({ detail }: { readonly detail: RunDetail }) {
  const texts = runTexts.value;
  const wanted = useSignal("");
  const entries = flatten(detail.settings);
  const found = entries.filter(({ path, text }) =>
    `${path} ${text}`.toLowerCase().includes(wanted.value.toLowerCase()),
  );
  const field = (
    <input
      type="search"
      class="number"
      aria-label={texts.settings.filter}
      placeholder={texts.settings.filter}
      value={wanted.value}
      onInput={({ currentTarget }) => {
        wanted.value = currentTarget.value;
      }}
    />
  );
  return (
    <Section name="settings" {...(entries.length >= MANY ? { tools: field } : {})}>
      {entries.length === 0 ? (
        <p class="empty">{texts.settings.none}</p>
      ) : (
        <DataTable
          name={texts.sections.settings}
          titles={[texts.settings.path, texts.settings.value]}
          rows={found.map(({ path, text }) => [
            <code key="path">{harmless(path)}</code>,
            <Value key="value" text={harmless(text)} />,
          ])}
        />
      )}
    </Section>
  );
}

/** Longer texts are cut, and shown whole when they are pointed at. */
const LONG = 400;

function Value({ text }: { readonly text: string }) {
  if (text.length <= LONG) return <bdi>{text}</bdi>;
  return (
    <details>
      <summary>
        <bdi>{text.slice(0, LONG)} …</bdi>
      </summary>
      <bdi>{text.slice(LONG)}</bdi>
    </details>
  );
}
