import { harmless } from "gradus-parts/text/harmless.ts";
import { Section } from "./Section.tsx";

/** Texts that a tool wrote by tag. They are shown as they are: no markup in them is obeyed. */
export function TextsSection({ texts }: { readonly texts: Readonly<Record<string, string>> }) {
  const entries = Object.entries(texts);
  if (entries.length === 0) return null;
  return (
    <Section name="texts">
      {entries.map(([tag, text]) => (
        <details key={tag} class="more">
          <summary>{harmless(tag)}</summary>
          <pre class="long-text">{text}</pre>
        </details>
      ))}
    </Section>
  );
}
