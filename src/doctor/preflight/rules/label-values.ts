import { largest, smallest } from "../../../core/extremes.ts";
import type { Evidence, Finding } from "../../finding.ts";
import type { Facts } from "../facts/facts.ts";
import type { PreflightRule } from "../preflight-rule.ts";

const SOURCE =
  "Northcutt, Athalye, Mueller, Pervasive Label Errors in Test Sets Destabilize Machine Learning Benchmarks, 2021";

const thresholds = {
  /** If each value occurs this often, equal values are labels, not chance. */
  samplesPerLevel: 10,
  /** Scaled labels have few values. */
  levels: 40,
};

/** Few values, evenly spaced like integers but not integers: labels that were scaled as if they were inputs. */
export function areScaledLabels({ targets }: Pick<Facts, "targets">): boolean {
  const { levels, areIntegers, count, width } = targets;
  if (areIntegers || width !== 1 || levels.length < 2 || levels.length > thresholds.levels) return false;
  if (count < thresholds.samplesPerLevel * levels.length) return false;
  const gaps = levels.slice(1).map((level, index) => level - (levels[index] as number));
  const step = smallest(gaps);
  return gaps.every((gap) => Math.abs(gap / step - Math.round(gap / step)) < 1e-3);
}

function yesOrNo({ targets }: Facts): Evidence | undefined {
  // many values are not labels: it is the loss that does not fit
  if (targets.levels.length > thresholds.levels || targets.levels.length === 0) return undefined;
  if (targets.kind === "labels" && targets.lowest >= 0 && targets.highest <= 1) return undefined;
  if (targets.kind === "shares" || (targets.lowest >= 0 && targets.highest <= 1)) return undefined;
  // targets outside [0, 1] make the loss fall without bound
  const values = { low: targets.lowest, high: targets.highest, classes: 2 };
  return { measure: "labels-out-of-range", value: targets.highest, values };
}

function oneOfSeveral({ targets, output, loss }: Facts): Evidence | undefined {
  if (targets.kind !== "labels") {
    const isNegative = targets.lowest < 0 && targets.distinct <= thresholds.levels;
    const values = { low: targets.lowest, high: targets.highest, classes: output.units };
    return isNegative ? { measure: "labels-out-of-range", value: targets.lowest, values } : undefined;
  }
  const ignored = "ignoreIndex" in loss ? loss.ignoreIndex : undefined;
  const labels = [...targets.classCounts.keys()].filter((label) => label !== ignored);
  const [low, high] = [smallest(labels), largest(labels)];
  // if the classes are on another axis, their number is not the last size
  const classes = "axis" in loss && loss.axis !== -1 ? Number.POSITIVE_INFINITY : output.units;
  if (labels.length === 0 || (low >= 0 && high < classes)) return undefined;
  return { measure: "labels-out-of-range", value: low < 0 ? low : high, values: { low, high, classes } };
}

/** More classes than outputs, each of them present: the labels are correct, and the output is too small. */
function tooFewOutputs({ targets, output, lossRule }: Facts): Finding | undefined {
  const labels = [...targets.classCounts.keys()];
  const classes = lossRule.targets === "binary" && output.units === 1 ? 2 : output.units;
  const isWhole = targets.kind === "labels" && targets.lowest === 0 && labels.length === targets.highest + 1;
  if (!isWhole || labels.length <= classes || lossRule.targets === "values") return undefined;
  const values = { units: output.units, expected: labels.length, activation: output.activation };
  return {
    problem: "output-activation-mismatch",
    layer: output.path,
    since: 0,
    evidence: [{ measure: "output-units", value: output.units, values }],
    weight: 0.95,
    source: SOURCE,
  };
}

/** Whether labels are integers from 0 to classes - 1, and one-hot rows contain ones. */
export const labelValues: PreflightRule = {
  name: "label-values",
  thresholds,
  source: SOURCE,
  examine(facts): readonly Finding[] {
    const { targets, lossRule } = facts;
    const few = tooFewOutputs(facts);
    if (few !== undefined) return [few];
    const found = (evidence: Evidence, weight: number): readonly Finding[] => [
      { problem: "label-fault", since: 0, evidence: [evidence], weight, source: SOURCE },
    ];
    if (targets.notFinite > 0) {
      const value = targets.notFinite / targets.values.length;
      return found({ measure: "target-not-finite", value, threshold: 0, values: { count: targets.notFinite } }, 1);
    }
    const isForClasses = lossRule.targets !== "values";
    if (targets.kind === "one-hot" && targets.hot !== 1) {
      return found({ measure: "labels-not-integers", value: targets.hot }, isForClasses ? 0.95 : 0.6);
    }
    if (areScaledLabels(facts)) {
      // ratings with half stars, for example, are values for a regression
      return found({ measure: "labels-not-integers", value: targets.distinct }, isForClasses ? 0.95 : 0.3);
    }
    if (!isForClasses) return [];
    const evidence = lossRule.targets === "binary" ? yesOrNo(facts) : oneOfSeveral(facts);
    // several integers as targets of a yes or no are classes, and the loss is at fault
    return evidence === undefined
      ? []
      : found(evidence, lossRule.targets === "binary" && targets.distinct > 2 ? 0.6 : 0.9);
  },
};
