import type { BackendName } from "../../runtime/backend.ts";
import type { Training } from "../../train/training.ts";
import type { EpochRecord, RunRecord } from "../../watch/record.ts";
import { type RunOptions, runTraining } from "../run.ts";

/** When a run is hopeless: its validation accuracy has never exceeded a bar in this share of its epochs. */
export interface Hopeless {
  readonly afterShare: number;
  readonly accuracy: number;
}

/** Options of one run. Plain data, so that it can be sent to another process. */
export interface JobOptions extends Pick<RunOptions, "seed" | "threads" | "withProbes" | "epochs"> {
  readonly backend?: BackendName | "auto" | undefined;
  /** Seconds after which the run is cut, with `cut` "budget". Default: no limit. */
  readonly limitSeconds?: number | undefined;
  /** Steps after which it is cut in the same way. Default: no limit. */
  readonly limitSteps?: number | undefined;
  /** Cut as "hopeless" if this holds. Default: never. */
  readonly hopeless?: Hopeless | undefined;
}

/** One run to make. */
export interface RunJob {
  readonly training: Training;
  readonly options: JobOptions;
  /** When it aborts, the run is aborted and its promise rejected: `interrupted`. */
  readonly signal?: AbortSignal | undefined;
  /** Receives the completed share, 0 to 1. */
  readonly onProgress?: ((done: number) => void) | undefined;
}

/** Runs a job in this process. */
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
  // without a measured accuracy nothing is known
  return done.every(({ validationAccuracy }) => validationAccuracy !== undefined && validationAccuracy <= accuracy);
}
