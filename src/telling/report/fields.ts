import { describe, isRecord } from "../../core/describe.ts";
import { GradusError } from "../../core/errors.ts";
import { type Field, oneOf } from "../../core/fields.ts";
import type { Diagnosis } from "../../doctor/diagnosis.ts";
import { LANGUAGES, type Language } from "../texts/texts.ts";

// What all reports are told.

export const LANGUAGE: Field<Language> = oneOf(...LANGUAGES);

/** @throws GradusError `bad-argument` for what `examine` did not answer. */
export function requireDiagnosis(where: string, value: unknown): asserts value is Diagnosis {
  if (isRecord(value) && Array.isArray(value.findings)) return;
  throw new GradusError("bad-argument", `${where}: expected a diagnosis of examine, got ${describe(value)}.`, {
    where,
  });
}
