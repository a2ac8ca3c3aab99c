import type { Finding } from "../finding.ts";
import type { Patient, Rule } from "../patient.ts";
import { deadUnits } from "./dead-units.ts";
import { explodingGradient } from "./exploding-gradient.ts";
import { labelFault } from "./label-fault.ts";
import { learningRateTooHigh, learningRateTooLow } from "./learning-rate.ts";
import { numericalError } from "./numerical-error.ts";
import { oscillatingLoss } from "./oscillating-loss.ts";
import { overfitting } from "./overfitting.ts";
import { saturatedUnits } from "./saturated-units.ts";
import { slowConvergence } from "./slow-convergence.ts";
import { underfitting } from "./underfitting.ts";
import { vanishingGradient } from "./vanishing-gradient.ts";

/** Every rule on runs. To add one, write its file and add one line here. */
export const RULES: readonly Rule[] = [
  numericalError,
  explodingGradient,
  vanishingGradient,
  deadUnits,
  saturatedUnits,
  learningRateTooHigh,
  learningRateTooLow,
  oscillatingLoss,
  slowConvergence,
  labelFault,
  overfitting,
  underfitting,
];

/** The findings of all rules, the heaviest first. */
export function applyRules(patient: Patient): readonly Finding[] {
  return RULES.flatMap(({ examine }) => examine(patient)).sort((a, b) => b.weight - a.weight);
}
