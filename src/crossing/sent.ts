import type { HostArray } from "../core/dtype.ts";
import type { DatasetParts } from "../data/dataset.ts";
import type { SentError } from "./errors.ts";

/** The field that says what a sent object stands for. */
export const KIND = "gradus:kind";

/** What stands for something that is no plain data. */
export type Sent =
  | {
      readonly [KIND]: "dataset";
      readonly number: number;
      /** When it crosses for the first time. */
      readonly parts?: DatasetParts;
    }
  | { readonly [KIND]: "tensor"; readonly array: HostArray }
  | { readonly [KIND]: "named"; readonly names: readonly string[]; readonly value: object }
  | ({ readonly [KIND]: "error" } & SentError);

export function isSent(value: object): value is Sent {
  return KIND in value;
}
