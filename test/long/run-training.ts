import { openBackend } from "../../src/engine/select-backend.ts";
import { fit } from "../../src/fit.ts";
import type { BackendName } from "../../src/runtime/backend.ts";
import { LASTING } from "../support/lasting.ts";
import { type Left, leftBy } from "../support/left-by.ts";
import { type DeadlyCall, dieAt } from "./deadly-calls.ts";

/** What a process is to train. */
export interface KilledTraining {
  /** A name in `LASTING`. */
  readonly training: string;
  readonly backend: BackendName;
  readonly threads: number;
  readonly epochs: number;
  /** Absent: no checkpoints. */
  readonly folder?: string;
  /** Steps between two checkpoints. */
  readonly every: number;
  /** The process kills itself after this step, counted from the run's beginning. */
  readonly lastStep?: number | undefined;
  readonly deadly?: DeadlyCall | undefined;
}

export type Told =
  | { readonly type: "started"; readonly resumedAt: number | null }
  | { readonly type: "ended"; readonly left: Left; readonly durationMs: number };

/** Trains, from the newest checkpoint on if there is one.
 *  @param tell hears of the beginning and of the end. */
export async function runTraining(
  { training, backend: name, threads, epochs, folder, every, lastStep, deadly }: KilledTraining,
  tell: (told: Told) => void,
): Promise<void> {
  const lasting = LASTING[training];
  if (lasting === undefined) throw new Error(`there is no training ${training}`);
  const { model, options } = lasting(epochs);
  const backend = await openBackend({ backend: name, threads });
  if (deadly !== undefined) dieAt(deadly);
  const began = performance.now();
  const result = await fit(model, {
    ...options,
    // long enough to be killed often
    ...(options.earlyStopping === undefined ? {} : { earlyStopping: { ...options.earlyStopping, patience: 9 } }),
    backend,
    ...(folder === undefined ? {} : { checkpoint: { directory: folder, every }, resume: true }),
    callbacks: [
      {
        runStarted: ({ resumed }) => tell({ type: "started", resumedAt: resumed?.step ?? null }),
        stepEnded: ({ step }) => {
          if (step === lastStep) process.kill(process.pid, "SIGKILL");
        },
      },
    ],
  });
  tell({ type: "ended", left: await leftBy(result), durationMs: performance.now() - began });
  backend.dispose();
}
