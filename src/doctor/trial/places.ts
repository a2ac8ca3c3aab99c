import type { RunRecord } from "../../watch/record.ts";
import type { RunJob } from "./job.ts";

/** A place outside this thread that makes runs, one at a time: a process, or a page's worker. It stays warm between runs. */
export interface RunPlace {
  /** False after it has ended, by itself or through `end`. */
  readonly isAlive: boolean;
  /** The process id, if it has one. */
  readonly id: number | undefined;
  /** @throws PlaceLost if the place ends before the run does; GradusError `interrupted` if the job's signal aborts; what the run
   *  throws. */
  run(job: RunJob): Promise<RunRecord>;
  /** Ends the place at once, and its current run with it. */
  end(): void;
}

/** Opens one more place. */
export type OpenPlace = () => RunPlace;

/** The place of a run ended before the run did. */
export class PlaceLost extends Error {
  constructor(how: string, lastWords: string) {
    super(
      `doctor: the process of a run ended (${how}). The run is repeated in this process.` +
        (lastWords === "" ? "" : ` Its last output: ${lastWords.trim()}`),
    );
    this.name = "PlaceLost";
  }
}
