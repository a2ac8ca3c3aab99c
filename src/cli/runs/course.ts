import { largest } from "../../core/extremes.ts";
import type { MeasureSeries, RunEvent, RunReader } from "../../runs/types.ts";

type EventOf<Type extends RunEvent["type"]> = Extract<RunEvent, { readonly type: Type }>;

export type EpochEvent = EventOf<"epoch">;

/** The way a run has come, without the epochs that a later resumption took back. */
export interface Course {
  /** The last beginning: of the run, or of its continuation. Undefined until the first step, and for runs of other tools. */
  readonly begun: EventOf<"started" | "resumed"> | undefined;
  /** Completed epochs, in order. */
  readonly epochs: readonly EpochEvent[];
  /** The last checkpoint. */
  readonly checkpoint: EventOf<"checkpoint"> | undefined;
  /** How it ended; undefined while it runs and after a kill. */
  readonly stopped: EventOf<"stopped"> | undefined;
  readonly test: Readonly<Record<string, number>> | undefined;
  readonly resumptions: number;
  /** Completed steps and epochs. */
  readonly step: number;
  readonly epoch: number;
  /** Planned; undefined if unknown. */
  readonly steps: number | undefined;
  readonly plannedEpochs: number | undefined;
}

/** What the events and measures of a run say about its course. The order of lines counts, not their times. */
export function courseOf({ events, measures }: Pick<RunReader, "events" | "measures">): Course {
  let begun: Course["begun"];
  let checkpoint: Course["checkpoint"];
  let stopped: Course["stopped"];
  let test: Course["test"];
  let epochs: EpochEvent[] = [];
  let resumptions = 0;
  for (const event of events) {
    switch (event.type) {
      case "started":
      case "resumed":
        begun = event;
        stopped = undefined;
        test = undefined;
        if (event.type === "resumed") resumptions++;
        // steps after the checkpoint are made again
        epochs = epochs.filter(({ step }) => step <= event.step);
        break;
      case "epoch":
        epochs.push(event);
        break;
      case "checkpoint":
        checkpoint = event;
        break;
      case "stopped":
        stopped = event;
        break;
      case "test":
        test = event.metrics;
        break;
      default:
        break;
    }
  }
  const last = epochs.at(-1);
  const step = stopped?.step ?? Math.max(lastStepOf(measures), last?.step ?? 0, begun?.step ?? 0);
  return {
    begun,
    epochs,
    checkpoint,
    stopped,
    test,
    resumptions,
    step,
    epoch: last?.epoch ?? 0,
    steps: begun === undefined ? undefined : begun.epochs * begun.stepsPerEpoch,
    plannedEpochs: begun?.epochs,
  };
}

/** The last step that any measure has. */
function lastStepOf(measures: ReadonlyMap<string, MeasureSeries>): number {
  const own = measures.get("loss");
  if (own !== undefined && own.length > 0) return own.steps[own.length - 1] ?? 0;
  const steps = [...measures.values()].map(({ steps, length }) => (length === 0 ? 0 : (steps[length - 1] ?? 0)));
  return Math.max(0, largest(steps));
}
