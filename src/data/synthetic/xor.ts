import { checkOptions } from "../../core/fields.ts";
import type { Dataset } from "../dataset.ts";
import { drawClasses, SYNTHETIC_FIELDS, type SyntheticOptions } from "./plane.ts";

const CORNERS = [
  // class 0: signs agree
  [
    [-1, -1],
    [1, 1],
  ],
  // class 1: signs differ
  [
    [-1, 1],
    [1, -1],
  ],
] as const;

/** Exclusive or in the plane: points around the corners (+-1, +-1), class 1 if the signs differ. A single layer cannot learn it
 *  (Minsky & Papert, "Perceptrons", 1969). With 4 samples and noise 0 it is the truth table.
 *  Inputs (2,), labels. Defaults: 1000 samples, noise 0.25. */
export function xor(options: SyntheticOptions = {}): Dataset {
  checkOptions<SyntheticOptions>("xor", options, SYNTHETIC_FIELDS);
  const { noise = 0.25, ...rest } = options;
  return drawClasses("xor", 2, 2, { ...rest, noise }, (label, index) => CORNERS[label as 0 | 1][(index % 2) as 0 | 1]);
}
