import type { EpochEnded } from "../train/events.ts";
import type { EpochRecord } from "./record.ts";

/** What a record keeps of an epoch's event. */
export function toEpoch({ epoch, step, train, validation }: EpochEnded): EpochRecord {
  return {
    epoch,
    step,
    trainLoss: train.loss,
    validationLoss: validation?.loss,
    trainAccuracy: train.accuracy,
    validationAccuracy: validation?.accuracy,
  };
}
