import { type ErrorCode, type ErrorValues, GradusError } from "../core/errors.ts";
import type { DatasetParts } from "../data/dataset.ts";
import type { JobOptions } from "../doctor/trial/job.ts";
import type { Settings } from "../train/training.ts";
import type { RunRecord } from "../watch/record.ts";

/** Message to a process that runs trainings. A data set is sent once; later messages refer to it by its number. */
export type ToWorker =
  | { readonly kind: "dataset"; readonly number: number; readonly parts: DatasetParts }
  | {
      readonly kind: "run";
      readonly settings: Settings;
      /** Number of the data set, as in `dataset` messages; likewise below. */
      readonly train: number;
      readonly validation: number;
      readonly options: JobOptions;
    }
  | { readonly kind: "abort" };

/** Message from such a process. One `record` or `error` answers each `run`. */
export type FromWorker =
  | { readonly kind: "progress"; readonly done: number }
  | { readonly kind: "record"; readonly record: RunRecord }
  | { readonly kind: "error"; readonly error: SentError };

/** An error as sent between processes, where its class is lost. */
export interface SentError {
  readonly code?: ErrorCode | undefined;
  readonly values?: ErrorValues | undefined;
  readonly message: string;
  readonly stack?: string | undefined;
}

export function sentError(error: unknown): SentError {
  if (error instanceof GradusError) {
    const { code, values, message, stack } = error;
    return { code, values, message, stack };
  }
  return error instanceof Error ? { message: error.message, stack: error.stack } : { message: String(error) };
}

export function receivedError({ code, values, message, stack }: SentError): Error {
  const error = code === undefined ? new Error(message) : new GradusError(code, message, values);
  if (stack !== undefined) error.stack = stack;
  return error;
}
