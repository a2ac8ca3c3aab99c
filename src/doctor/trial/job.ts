import type { BackendName } from "../../runtime/backend.ts";
import type { Training } from "../../train/training.ts";
import type { EpochRecord, RunRecord } from "../../watch/record.ts";
import { type RunOptions, runTraining } from "../run.ts";

/** When a run is not worth its end: by a share of its epochs, its validation accuracy has not once been above a bar. */
export interface Hopeless {
  readonly afterShare: number;
  readonly accuracy: number;
}

/** How one run is made. Plain data, so that it can be sent to another process. */
export interface JobOptions extends Pick<RunOptions, "seed" | "threads" | "withProbes" | "epochs"> {
  readonly backend?: BackendName | "auto" | undefined;
  /** Seconds after which the run is cut: `cut` is "budget" then. Default: none. */
  readonly limitSeconds?: number | undefined;
  /** Steps after which it is cut in the same way. Default: none. */
  readonly limitSteps?: number | undefined;
  /** Cut as "hopeless" where this holds. Default: never. */
  readonly hopeless?: Hopeless | undefined;
}

/** One run to be made. */
export interface RunJob {
  readonly training: Training;
  readonly options: JobOptions;
  /** When it aborts, the run is given up and its promise rejected: `interrupted`. */
  readonly signal?: AbortSignal | undefined;
  /** Hears the share that is done, 0 to 1. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Carries a job out in this process. */
export function runJob({ training, options, signal, onProgress }: RunJob): Promise<RunRecord> {
  const { limitSeconds = Infinity, limitSteps = Infinity, hopeless, ...others } = options;
  const started = performance.now();
  const { epochs = training.settings.epochs } = options;
  return runTraining(training, {
    ...others,
    signal,
    onProgress,
    shouldStop: (soFar) => {
      if (soFar.steps >= limitSteps || performance.now() - started > 1000 * limitSeconds) return "budget";
      return hopeless !== undefined && isHopeless(hopeless, soFar.epochs, epochs) ? "hopeless" : undefined;
    },
  });
}

function isHopeless({ afterShare, accuracy }: Hopeless, done: readonly EpochRecord[], epochs: number): boolean {
  if (done.length < Math.max(1, afterShare * epochs)) return false;
  // where accuracy is not measured, nothing is known
  return done.every(({ validationAccuracy }) => validationAccuracy !== undefined && validationAccuracy <= accuracy);
}
