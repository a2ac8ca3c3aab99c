import type { RunRecord } from "../../watch/record.ts";
import type { RunJob } from "./job.ts";

/** A place beside this thread where runs are made, one at a time: a process, or a page's worker. It stays warm between runs. */
export interface RunPlace {
  /** False once it has ended, by itself or by `end`. */
  readonly isAlive: boolean;
  /** The operating system's number, where it has one. */
  readonly id: number | undefined;
  /** @throws PlaceLost where the place ends before it answers; GradusError `interrupted` where the job's signal aborts; what the run
   *  throws. */
  run(job: RunJob): Promise<RunRecord>;
  /** Ends the place at once, and with it the run that it is making. */
  end(): void;
}

/** Opens one more place. */
export type OpenPlace = () => RunPlace;

/** The place that made a run ended before it answered. */
export class PlaceLost extends Error {
  constructor(how: string, lastWords: string) {
    super(
      `doctor: a process that made a run ended (${how}). The run is made again in this process.` +
        (lastWords === "" ? "" : ` Its last output: ${lastWords.trim()}`),
    );
    this.name = "PlaceLost";
  }
}
