import type { Finding } from "gradus/doctor";
import { describeFinding } from "gradus/words";
import { language } from "gradus-parts/text/language.ts";
import { uiTexts } from "../text/ui.ts";

/** From this weight on, a finding is certain or central. */
const GRAVE = 0.8;

interface FindingItemProps {
  readonly finding: Finding;
  readonly types: ReadonlyMap<string, string>;
}

export function FindingItem({ finding, types }: FindingItemProps) {
  const { name, place, evidence, about, source } = describeFinding(finding, language.value, types);
  return (
    <li class={finding.weight >= GRAVE ? "finding is-grave" : "finding"}>
      <h3>{name}</h3>
      <p class="finding-place">{place}</p>
      {evidence.slice(0, 3).map((sentence) => (
        <p key={sentence}>{sentence}</p>
      ))}
      <details>
        <summary>{uiTexts.value.doctor.what}</summary>
        <p>{about}</p>
        <p>{source}</p>
      </details>
    </li>
  );
}
