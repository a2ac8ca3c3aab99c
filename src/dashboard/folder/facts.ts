import { createHash } from "node:crypto";
import type { Json } from "../../io/checkpoint.ts";
import type { RunEvent, RunReader } from "../../runs/types.ts";
import type { RunSummary } from "../protocol.ts";

type Progress = Pick<RunSummary, "step" | "steps" | "epoch" | "epochs" | "findings">;

const stepOf = (event: RunEvent): number | undefined => ("step" in event ? event.step : undefined);

/** How far a run is: from its measures, which a resumed run takes back, and from the events that are not void. */
export function progressOf({ events, measures }: Pick<RunReader, "events" | "measures">): Progress {
  const started = events.findLast((event) => event.type === "started" || event.type === "resumed");
  const lastEvent = events.findLast((event) => stepOf(event) !== undefined);
  let step = (lastEvent && stepOf(lastEvent)) ?? 0;
  for (const { steps, length } of measures.values()) if (length > 0) step = Math.max(step, steps[length - 1] as number);
  const ended = events.findLast((event) => event.type === "epoch" && event.step <= step);
  const planned = started?.type === "started" || started?.type === "resumed" ? started : undefined;
  return {
    step,
    steps: planned === undefined ? null : planned.epochs * planned.stepsPerEpoch,
    epoch: ended?.type === "epoch" ? ended.epoch : 0,
    epochs: planned?.epochs ?? null,
    findings: events.reduce((sum, { type }) => sum + Number(type === "finding"), 0),
  };
}

/** Names under which programs keep the seed. */
const SEED = /(^|[._-])(random[._-]?)?seed$|(^|[._-])random[._-]?state$/i;

/** A short text that is equal for runs whose settings differ in the seed alone.
 *  @param settings by dotted path.
 *  @param id of the run: without settings it is in a group of its own. */
export function groupOf(settings: RunSummary["settings"], model: Json, id: string): string {
  const named = Object.entries(settings).filter(([path]) => !SEED.test(path));
  if (named.length === 0) return id;
  const text = JSON.stringify([named.sort(([a], [b]) => (a < b ? -1 : Number(a > b))), model]);
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
