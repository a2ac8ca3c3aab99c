import type { RunEvent } from "gradus/dashboard-protocol";
import { harmless } from "gradus-parts/text/harmless.ts";
import { formatCount } from "gradus-parts/text/numbers.ts";
import { runTexts } from "../../text/run.ts";
import { formatBytes, formatDuration } from "../../text/time.ts";
import { DataTable } from "./DataTable.tsx";
import { Section } from "./Section.tsx";

/** The checkpoints that were written, the newest first. */
export function CheckpointsSection({ events }: { readonly events: readonly RunEvent[] }) {
  const { checkpoints: texts, sections } = runTexts.value;
  const written = events.filter((event) => event.type === "checkpoint").reverse();
  if (written.length === 0) return null;
  return (
    <Section name="checkpoints">
      <DataTable
        name={sections.checkpoints}
        titles={[texts.step, texts.epoch, texts.file, texts.size, texts.duration]}
        numbers={[0, 1, 3, 4]}
        rows={written.map(({ step, epoch, file, bytes, ms }) => [
          formatCount(step),
          formatCount(epoch),
          <code key="file">{harmless(file)}</code>,
          formatBytes(bytes),
          formatDuration(ms),
        ])}
      />
    </Section>
  );
}
