import type { Distribution } from "../../io/tensorboard/distribution.ts";

export type Part = "train" | "validation" | "test";

/** What a column or tag of a log says. */
export type Meaning =
  | { readonly kind: "loss" | "accuracy"; readonly part: Part; readonly per?: "step" | "epoch" | undefined }
  /** Norms; without a layer, over the whole network. */
  | { readonly kind: "gradient" | "weight" | "update"; readonly layer?: string | undefined }
  /** Distributions of a layer's outputs. */
  | { readonly kind: "activation"; readonly layer: string }
  /** Shares of a layer's outputs or units, 0 to 1. */
  | { readonly kind: "zeros" | "dead" | "saturated"; readonly layer: string }
  | { readonly kind: "step" | "epoch" }
  /** Understood, but no rule asks for it: learning rates, times. */
  | { readonly kind: "other" };

export interface Point {
  readonly step: number;
  /** As the log counts it. */
  readonly epoch?: number | undefined;
  readonly value: number | Distribution;
}

/** What a log says under one name, in order of steps. */
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
  /** Is every point one epoch, because the log counts nothing else? */
  readonly isByEpoch: boolean;
  readonly plannedSteps?: number | undefined;
  readonly seconds: number;
  readonly warnings: readonly string[];
}

/** Euclidean norm of what a point holds: a number that was logged is a norm already. */
export function normOf(value: Point["value"]): number {
  return typeof value === "number" ? Math.abs(value) : Math.sqrt(value.sumOfSquares);
}

/** Is there no NaN or infinity in it? */
export function isFinitePoint({ value }: Point): boolean {
  return typeof value === "number" ? Number.isFinite(value) : Number.isFinite(value.sumOfSquares + value.sum);
}
