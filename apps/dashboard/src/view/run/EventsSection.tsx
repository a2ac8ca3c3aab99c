import { useSignal } from "@preact/signals";
import type { RunEvent } from "gradus/dashboard-protocol";
import { harmless } from "gradus-parts/text/harmless.ts";
import { language } from "gradus-parts/text/language.ts";
import { formatCount, formatNumber } from "gradus-parts/text/numbers.ts";
import { runTexts } from "../../text/run.ts";
import { formatMoment } from "../../text/time.ts";
import { DataTable } from "./DataTable.tsx";
import { readFinding } from "./diagnosis-data.ts";
import { Section } from "./Section.tsx";

/** More lines are shown when they are asked for. */
const MOST = 50;

/** What happened, the newest first; epochs and checkpoints have tables of their own. */
export function EventsSection({ events }: { readonly events: readonly RunEvent[] }) {
  const { events: texts, sections } = runTexts.value;
  const isWhole = useSignal(false);
  language.value;
  const told = events.filter(({ type }) => type !== "epoch" && type !== "checkpoint").reverse();
  const shown = isWhole.value ? told : told.slice(0, MOST);
  return (
    <Section name="events">
      {told.length === 0 ? (
        <p class="empty">{texts.none}</p>
      ) : (
        <DataTable
          name={sections.events}
          titles={[texts.at, texts.what]}
          rows={shown.map((event) => [
            <time key="at" dateTime={isoOf(event.at)}>
              {formatMoment(event.at)}
            </time>,
            <EventText key="what" event={event} />,
          ])}
        />
      )}
      {shown.length < told.length && (
        <button
          type="button"
          class="quiet"
          onClick={() => {
            isWhole.value = true;
          }}
        >
          {texts.showAll(formatCount(told.length))}
        </button>
      )}
    </Section>
  );
}

function EventText({ event }: { readonly event: RunEvent }) {
  const { events: texts } = runTexts.value;
  return (
    <>
      <b>{texts.types[event.type] ?? harmless(String(event.type))}</b> <bdi>{harmless(aboutEvent(event))}</bdi>
    </>
  );
}

function aboutEvent(event: RunEvent): string {
  const { events: texts } = runTexts.value;
  switch (event.type) {
    case "started":
      return texts.started(formatCount(event.parameters), formatCount(event.samples), formatCount(event.epochs));
    case "resumed": {
      const changes = Object.entries(event.changes ?? {}).map(([path, value]) =>
        texts.changed(path, JSON.stringify(value)),
      );
      return [texts.resumed(formatCount(event.step)), ...changes].join(", ");
    }
    case "finding": {
      const text = readFinding(event.finding);
      return text === undefined ? "" : `${text.name} · ${text.place}`;
    }
    case "notFinite":
      return texts.notFinite(event.tensor, event.layer, formatCount(event.step));
    case "stopped":
      return texts.stopped(texts.reasons[event.reason] ?? event.reason, formatCount(event.step));
    case "test":
      return Object.entries(event.metrics)
        .map(([name, value]) => `${name} ${formatNumber(Number(value))}`)
        .join(", ");
    default:
      return "";
  }
}

const isoOf = (at: number) => (Number.isFinite(at) && Math.abs(at) <= 8.64e15 ? new Date(at).toISOString() : "");
