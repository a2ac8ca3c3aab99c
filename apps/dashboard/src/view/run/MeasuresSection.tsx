import type { RunEvent, RunSummary } from "gradus/dashboard-protocol";
import { harmless } from "gradus-parts/text/harmless.ts";
import { formatCount, formatNumber } from "gradus-parts/text/numbers.ts";
import { runTexts } from "../../text/run.ts";
import { DataTable } from "./DataTable.tsx";
import { EpochsTable } from "./EpochsTable.tsx";
import { Section } from "./Section.tsx";

interface MeasuresSectionProps {
  readonly run: RunSummary;
  readonly events: readonly RunEvent[];
}

/** All measures of a run with their last, least and largest values; those of layers are drawn elsewhere. */
export function MeasuresSection({ run, events }: MeasuresSectionProps) {
  const { measures: texts, sections } = runTexts.value;
  const shown = run.measures.filter(({ name }) => !name.startsWith("layers/"));
  const isOdd = shown.some(({ notFinite }) => notFinite > 0);
  const write = (value: number | null) => (value === null ? "–" : formatNumber(value));
  return (
    <Section name="measures">
      {shown.length === 0 ? (
        <p class="empty">{texts.none}</p>
      ) : (
        <DataTable
          name={sections.measures}
          titles={[texts.name, texts.last, texts.least, texts.most, texts.count, ...(isOdd ? [texts.notFinite] : [])]}
          numbers={[1, 2, 3, 4, 5]}
          rows={shown.map(({ name, last, least, most, count, notFinite }) => [
            <bdi key="name">{harmless(name)}</bdi>,
            write(last),
            write(least),
            write(most),
            formatCount(count),
            ...(isOdd ? [notFinite === 0 ? "" : <b class="is-bad">{formatCount(notFinite)}</b>] : []),
          ])}
        />
      )}
      <EpochsTable events={events} />
    </Section>
  );
}
