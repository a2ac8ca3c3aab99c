import type { Json } from "gradus/dashboard-protocol";
import type { Finding, Prescription, Verdict } from "gradus/doctor";
import {
  describeFinding,
  describePrescription,
  describeVerdict,
  type FindingText,
  type PrescriptionText,
  type VerdictText,
} from "gradus/words";
import { language } from "gradus-parts/text/language.ts";

/** A diagnosis as the server sends it, schema `gradus-diagnosis/1`, in the words of the page's language. */
export interface DiagnosisTexts {
  readonly verdict: VerdictText | undefined;
  readonly findings: readonly FindingText[];
  readonly remarks: readonly FindingText[];
  readonly prescriptions: readonly PrescriptionText[];
  /** The step of the last record that was read. */
  readonly step: number | undefined;
}

/** Puts a diagnosis into words. What another version of the doctor wrote and this one does not know is left out. */
export function readDiagnosis(diagnosis: Json, types: ReadonlyMap<string, string>): DiagnosisTexts {
  const found = (revive(diagnosis) ?? {}) as Readonly<Record<string, unknown>>;
  const list = (name: string) => (Array.isArray(found[name]) ? (found[name] as readonly unknown[]) : []);
  const findings = (name: string) => list(name).flatMap((each) => readFinding(each, types) ?? []);
  const run = list("runs")[0] as { readonly steps?: number } | undefined;
  return {
    verdict: attempt(() => describeVerdict({ verdict: found.verdict as Verdict, trials: [] }, language.value)),
    findings: findings("findings"),
    remarks: findings("remarks"),
    prescriptions: list("prescriptions").flatMap(
      (each) => attempt(() => describePrescription(each as Prescription, language.value)) ?? [],
    ),
    step: typeof run?.steps === "number" ? run.steps : undefined,
  };
}

/** A finding in words; undefined for one that this version does not know. */
export function readFinding(finding: unknown, types?: ReadonlyMap<string, string>): FindingText | undefined {
  const { layer, ...rest } = (revive(finding) ?? {}) as Finding & { readonly layer?: string | null };
  const known = layer === null || layer === undefined ? rest : { ...rest, layer };
  return attempt(() => describeFinding(known as Finding, language.value, types));
}

function attempt<Value>(make: () => Value): Value | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}

/** JSON writes numbers that are not finite as texts. */
const ODD: Readonly<Record<string, number>> = { NaN: Number.NaN, Infinity, "-Infinity": -Infinity };

function revive(value: unknown): unknown {
  if (typeof value === "string") return Object.hasOwn(ODD, value) ? ODD[value] : value;
  if (Array.isArray(value)) return value.map(revive);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, revive(part)]));
}
