import type { EpochRecord } from "gradus/watch";
import type { NetworkHistory } from "../../state/history.ts";
import { smooth } from "./smooth.ts";

/** raw: each step. smooth: the same, averaged. train, test: each epoch. */
export type SeriesKind = "raw" | "smooth" | "train" | "test";
export type CurveName = "loss" | "accuracy";

/** One curve. */
export interface Source {
  readonly kind: SeriesKind;
  readonly network: 0 | 1;
  /** Rising. */
  readonly steps: readonly number[];
  /** Undefined: not measured. NaN and infinity as they are. */
  readonly values: readonly (number | undefined)[];
}

/** Of one network, or of two. */
export type CurveHistories = readonly NetworkHistory[];

/** What a curve of each kind consists of. */
export const KINDS: Readonly<Record<CurveName, readonly SeriesKind[]>> = {
  loss: ["raw", "smooth", "train", "test"],
  accuracy: ["train", "test"],
};

const FIELDS = {
  loss: { train: "trainLoss", test: "validationLoss" },
  accuracy: { train: "trainAccuracy", test: "validationAccuracy" },
} as const satisfies Readonly<Record<CurveName, Readonly<Record<"train" | "test", keyof EpochRecord>>>>;

/** All curves of one or two networks, in the order of `KINDS`, network by network. */
export function sourcesOf(histories: CurveHistories, what: CurveName): readonly Source[] {
  return histories.flatMap((history, index) =>
    KINDS[what].map((kind) => sourceOf(history, index === 0 ? 0 : 1, kind, what)),
  );
}

function sourceOf(
  { lossSteps, losses, epochs }: NetworkHistory,
  network: 0 | 1,
  kind: SeriesKind,
  what: CurveName,
): Source {
  if (kind === "raw") return { kind, network, steps: lossSteps, values: losses };
  if (kind === "smooth") return { kind, network, steps: lossSteps, values: smooth(lossSteps, losses) };
  const field = FIELDS[what][kind];
  return { kind, network, steps: epochs.map(({ step }) => step), values: epochs.map((record) => record[field]) };
}
