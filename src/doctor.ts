// `gradus/doctor`: why a training does not work, and the cure, proven. A changed name here means a line in CHANGELOG.md.
// biome-ignore-all assist/source/organizeImports: grouped by purpose

export { examine, examineTraining } from "./examine.ts";
export type { ExamineModelOptions } from "./doctor/examine-model.ts";
export { type Judgement, judge } from "./doctor/judge.ts";
export { type ExamineEvent, type ExamineOptions, examineLog } from "./doctor/examine.ts";
export type { Diagnosis, Trial, Verdict } from "./doctor/diagnosis.ts";
export type { Evidence, Finding, Prescription } from "./doctor/finding.ts";
export type { Settings, Training } from "./train/training.ts";
export type { Problem, RemedyName } from "./doctor/words.ts";
export { applyChanges, changesBetween } from "./doctor/diff.ts";
export { preflight } from "./doctor/preflight/preflight.ts";
export { rangeTest } from "./doctor/range-test.ts";
