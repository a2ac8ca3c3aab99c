import type { RunReader } from "../../runs/types.ts";
import type { Course } from "../runs/course.ts";

/** The speed is measured over this time up to the last step, or over as many steps as there are. */
const WINDOW_MS = 30_000;
/** A running training that makes no step for so long, and for so many usual steps, is said to wait. */
const STILL_MS = 15_000;
const STILL_STEPS = 20;

export interface Speed {
  readonly samplesPerSecond: number | undefined;
  /** Milliseconds until the last planned step, validation and all. */
  readonly leftMs: number | undefined;
  /** Milliseconds since the last step, if that is unusually long. */
  readonly stillMs: number | undefined;
}

/** How fast a run goes, by the times of its last steps.
 *  @param now milliseconds since 1970. */
export function speedOf(
  { measures, status }: Pick<RunReader, "measures" | "status">,
  course: Course,
  now: number,
): Speed {
  const { begun, step, steps, epochs } = course;
  const recorded = epochs.at(-1)?.samplesPerSecond;
  const loss = measures.get("loss");
  const unknown = { samplesPerSecond: recorded, leftMs: undefined, stillMs: undefined };
  if (loss === undefined || loss.length < 2) return unknown;
  const last = loss.length - 1;
  const at = (index: number) => loss.times[index] as number;
  // a clock that goes back ends the window
  let first = last;
  while (first > 0 && at(first - 1) <= at(first) && at(last) - at(first - 1) <= WINDOW_MS) first--;
  const made = (loss.steps[last] as number) - (loss.steps[first] as number);
  const passed = at(last) - at(first);
  if (made <= 0 || passed <= 0) return unknown;
  const msPerStep = passed / made;
  const samplesPerStep = begun === undefined ? undefined : begun.samples / begun.stepsPerEpoch;
  const isRunning = status === "running";
  const still = now - at(last);
  return {
    samplesPerSecond: samplesPerStep === undefined ? recorded : (1000 * samplesPerStep) / msPerStep,
    leftMs: isRunning && steps !== undefined ? Math.max(0, steps - step) * msPerStep : undefined,
    stillMs: isRunning && still > Math.max(STILL_MS, STILL_STEPS * msPerStep) ? still : undefined,
  };
}
