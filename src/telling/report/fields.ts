import { describe, isRecord } from "../../core/describe.ts";
import { GradusError } from "../../core/errors.ts";
import { type Field, oneOf } from "../../core/fields.ts";
import type { Diagnosis } from "../../doctor/diagnosis.ts";
import { LANGUAGES, type Language } from "../texts/texts.ts";

// Options and checks that all reports share.

export const LANGUAGE: Field<Language> = oneOf(...LANGUAGES);

/** @throws GradusError `bad-argument` if the value is not a diagnosis of `examine`. */
export function requireDiagnosis(where: string, value: unknown): asserts value is Diagnosis {
  if (isRecord(value) && Array.isArray(value.findings)) return;
  throw new GradusError("bad-argument", `${where}: expected a diagnosis from examine, got ${describe(value)}.`, {
    where,
  });
}
