import type { RunEvent } from "gradus/dashboard-protocol";
import { harmless } from "gradus-parts/text/harmless.ts";
import { formatCount, formatNumber } from "gradus-parts/text/numbers.ts";
import { runTexts } from "../../text/run.ts";
import { DataTable } from "./DataTable.tsx";

type Epoch = Extract<RunEvent, { readonly type: "epoch" }>;

/** Every epoch with its metrics, the newest first. Opened when it is asked for. */
export function EpochsTable({ events }: { readonly events: readonly RunEvent[] }) {
  const { epochs: texts, events: eventTexts } = runTexts.value;
  const epochs = events.filter((event) => event.type === "epoch").reverse();
  if (epochs.length === 0) return null;
  const metrics = [...new Set(epochs.flatMap(metricsOf))];
  const write = (value: number | string | undefined) => (value === undefined ? "" : formatNumber(Number(value)));
  return (
    <details class="more">
      <summary>
        {eventTexts.epochs} ({formatCount(epochs.length)})
      </summary>
      <DataTable
        name={eventTexts.epochs}
        titles={[texts.epoch, texts.step, ...metrics.map(harmless), texts.learningRate, texts.speed]}
        numbers={Array.from({ length: metrics.length + 4 }, (_, column) => column)}
        rows={epochs.map((epoch) => [
          <span key="epoch" title={epoch.isBest === true ? eventTexts.best : undefined}>
            {epoch.isBest === true ? "★ " : ""}
            {formatCount(epoch.epoch)}
          </span>,
          formatCount(epoch.step),
          ...metrics.map((name) => write(metricOf(epoch, name))),
          write(epoch.learningRate),
          write(epoch.samplesPerSecond),
        ])}
      />
    </details>
  );
}

const metricsOf = ({ train, validation = {} }: Epoch) => [
  ...Object.keys(train).map((name) => `train/${name}`),
  ...Object.keys(validation).map((name) => `validation/${name}`),
];

function metricOf({ train, validation = {} }: Epoch, name: string): number | undefined {
  const split = name.indexOf("/");
  const metrics = name.startsWith("train/") ? train : validation;
  const metric = name.slice(split + 1);
  return Object.hasOwn(metrics, metric) ? metrics[metric] : undefined;
}
