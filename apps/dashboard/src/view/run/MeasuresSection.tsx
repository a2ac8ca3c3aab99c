import type { RunSummary } from "gradus/dashboard-protocol";
import { formatCount, formatNumber } from "gradus-parts/text/numbers.ts";
import { runTexts } from "../../text/run.ts";
import { harmless } from "../setting-text.ts";
import { DataTable } from "./DataTable.tsx";
import { Section } from "./Section.tsx";

/** All measures of a run with their last, least and largest values; those of layers are drawn elsewhere. */
export function MeasuresSection({ run }: { readonly run: RunSummary }) {
  const { measures: texts, sections } = runTexts.value;
  const shown = run.measures.filter(({ name }) => !name.startsWith("layers/"));
  const write = (value: number | null) => (value === null ? "–" : formatNumber(value));
  return (
    <Section name="measures">
      {shown.length === 0 ? (
        <p class="empty">{texts.none}</p>
      ) : (
        <DataTable
          name={sections.measures}
          titles={[texts.name, texts.last, texts.least, texts.most, texts.count, texts.notFinite]}
          numbers={[1, 2, 3, 4, 5]}
          rows={shown.map(({ name, last, least, most, count, notFinite }) => [
            <bdi key="name">{harmless(name)}</bdi>,
            write(last),
            write(least),
            write(most),
            formatCount(count),
            notFinite === 0 ? "" : <b class="is-bad">{formatCount(notFinite)}</b>,
          ])}
        />
      )}
    </Section>
  );
}
