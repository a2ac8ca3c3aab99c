// `gradus/words`: findings, prescriptions and verdicts in words, English and Korean, without charts and pages. A changed name here means a
// line in CHANGELOG.md.
// biome-ignore-all assist/source/organizeImports: grouped by purpose

export { describeFinding, describePrescription, describeVerdict, nameOf } from "./telling/describe.ts";
export type { FindingText, PrescriptionText, VerdictText } from "./telling/describe.ts";
export { formatChanges } from "./telling/format-changes.ts";
