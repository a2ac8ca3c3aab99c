import type { EpochRecord } from "gradus/watch";

/** What is written of one network's run. */
export interface Curves {
  /** "A", "B" */
  readonly name: string;
  readonly lossSteps: readonly number[];
  readonly losses: readonly number[];
  readonly epochs: readonly EpochRecord[];
}

const EPOCH_COLUMNS = ["trainLoss", "validationLoss", "trainAccuracy", "validationAccuracy"] as const;

/** The curves as CSV, one row per point: network, step, epoch, loss of the step's batch, and the measures of an epoch in the row of its
 *  last step. What a row does not have is empty; NaN and infinity are written so. Lines end as RFC 4180 says. */
export function curvesCsv(networks: readonly Curves[]): string {
  const head = ["network", "step", "epoch", "batchLoss", ...EPOCH_COLUMNS];
  const rows = networks.flatMap(({ name, lossSteps, losses, epochs }) => {
    const byStep = new Map(lossSteps.map((step, index) => [step, losses[index]]));
    const ended = new Map(epochs.map((epoch) => [epoch.step, epoch]));
    const steps = [...new Set([...byStep.keys(), ...ended.keys()])].sort((a, b) => a - b);
    return steps.map((step) => {
      const epoch = ended.get(step);
      return [name, step, epoch?.epoch, byStep.get(step), ...EPOCH_COLUMNS.map((column) => epoch?.[column])];
    });
  });
  return `${[head, ...rows].map((row) => row.map((cell) => cell ?? "").join(",")).join("\r\n")}\r\n`;
}
