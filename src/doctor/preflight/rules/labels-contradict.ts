import { largest } from "../../../core/extremes.ts";
import type { Finding } from "../../finding.ts";
import type { Facts } from "../facts/facts.ts";
import { sampleInputs } from "../facts/rows.ts";
import type { PreflightRule } from "../preflight-rule.ts";

const SOURCE =
  "Northcutt, Athalye, Mueller, Pervasive Label Errors in Test Sets Destabilize Machine Learning Benchmarks, 2021";

const thresholds = {
  /** Share of samples that even a look-up table of all inputs would get wrong, over that of a guess. 1: equal inputs say nothing about
   *  their label. A third is much more than human labellers disagree about. */
  contradicts: 0.35,
  /** Least number of samples with equal inputs. */
  repeated: 30,
};

/** Bits of a row as a key of a map. FNV-1a over 32-bit words, twice with different bases: 64 bits. Source: Fowler, Noll, Vo, 1991. */
function keyOf(bits: Uint32Array, start: number, end: number): string {
  let [first, second] = [0x811c9dc5, 0x6c62272e];
  for (let index = start; index < end; index++) {
    first = Math.imul(first ^ (bits[index] as number), 0x01000193);
    second = Math.imul(second ^ (bits[index] as number), 0x01000197);
    second ^= second >>> 15;
  }
  return `${first}/${second}`;
}

/** The label of one sample as a string; undefined if targets are not classes. */
function labelOf({ targets }: Facts, row: number): string | undefined {
  if (targets.kind === "numbers" || targets.kind === "shares") return undefined;
  return String(targets.values.subarray(row * targets.width, (row + 1) * targets.width));
}

/** Whether samples with equal inputs have different labels. */
export const labelsContradict: PreflightRule = {
  name: "labels-contradict",
  thresholds,
  source: SOURCE,
  examine(facts): readonly Finding[] {
    const { training, inputs } = facts;
    if (facts.targets.kind === "numbers" || facts.targets.kind === "shares" || inputs.constant === 1) return [];
    const { rows, features, values } = sampleInputs(
      training.data.train,
      Math.min(4000, Math.max(500, Math.floor(500_000 / inputs.features))),
    );
    const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
    const groups = new Map<string, Map<string, number>>();
    const all = new Map<string, number>();
    rows.forEach((row, place) => {
      const label = labelOf(facts, row) as string;
      const key = keyOf(bits, place * features, (place + 1) * features);
      const group = groups.get(key) ?? new Map<string, number>();
      group.set(label, (group.get(label) ?? 0) + 1);
      groups.set(key, group);
    });
    // of the samples whose input is not unique: correct by look-up, and by always choosing the most frequent label
    let [repeated, right] = [0, 0];
    for (const group of groups.values()) {
      const counts = [...group.values()];
      const size = counts.reduce((sum, count) => sum + count, 0);
      if (size < 2) continue;
      repeated += size;
      right += largest(counts);
      for (const [label, count] of group) all.set(label, (all.get(label) ?? 0) + count);
    }
    if (repeated < thresholds.repeated || all.size < 2) return [];
    const wrong = 1 - right / repeated;
    const guess = 1 - largest(all.values()) / repeated;
    // a pair that disagrees is half right by look-up, the worst measurable case
    const value = guess === 0 ? 0 : wrong / guess;
    const share = repeated / rows.length;
    if (value <= thresholds.contradicts || share < 0.1) return [];
    const evidence: Finding["evidence"] = [
      { measure: "labels-contradict", value: wrong, threshold: thresholds.contradicts * guess },
    ];
    return [
      { problem: "label-fault", since: 0, evidence, weight: share > 0.5 ? 0.2 + 0.5 * value : 0.25, source: SOURCE },
    ];
  },
};
