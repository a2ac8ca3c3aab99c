import type { Distribution } from "../../io/tensorboard/distribution.ts";

export type Part = "train" | "validation" | "test";

/** The meaning of a column or tag of a log. */
export type Meaning =
  | { readonly kind: "loss" | "accuracy"; readonly part: Part; readonly per?: "step" | "epoch" | undefined }
  /** Norms; without a layer, over the whole network. */
  | { readonly kind: "gradient" | "weight" | "update"; readonly layer?: string | undefined }
  /** Distributions of a layer's outputs. */
  | { readonly kind: "activation"; readonly layer: string }
  /** Shares of a layer's outputs or units, 0 to 1. */
  | { readonly kind: "zeros" | "dead" | "saturated"; readonly layer: string }
  | { readonly kind: "step" | "epoch" }
  /** Known, but used by no rule: learning rates, times. */
  | { readonly kind: "other" };

export interface Point {
  readonly step: number;
  /** The log's epoch number. */
  readonly epoch?: number | undefined;
  readonly value: number | Distribution;
}

/** The values of a log under one name, in order of steps. */
export interface Series {
  readonly name: string;
  readonly meaning: Meaning | undefined;
  readonly points: readonly Point[];
}

/** A log of any format. */
export interface SeriesLog {
  readonly format: "tensorboard" | "csv" | "json-lines";
  readonly files: readonly string[];
  readonly series: readonly Series[];
  /** Whether every point is one epoch, because the log counts nothing else. */
  readonly isByEpoch: boolean;
  readonly plannedSteps?: number | undefined;
  readonly seconds: number;
  readonly warnings: readonly string[];
}

/** Euclidean norm of a point: a logged number already is a norm. */
export function normOf(value: Point["value"]): number {
  return typeof value === "number" ? Math.abs(value) : Math.sqrt(value.sumOfSquares);
}

/** Whether the point contains no NaN or infinity. */
export function isFinitePoint({ value }: Point): boolean {
  return typeof value === "number" ? Number.isFinite(value) : Number.isFinite(value.sumOfSquares + value.sum);
}
