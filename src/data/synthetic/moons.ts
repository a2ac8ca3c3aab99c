import { checkOptions } from "../../core/fields.ts";
import type { Dataset } from "../dataset.ts";
import { drawClasses, SYNTHETIC_FIELDS, type SyntheticOptions } from "./plane.ts";

/** Two interleaved half circles: class 0 (cos t, sin t), class 1 (1 - cos t, 1/2 - sin t), t in [0, pi].
 *  Inputs (2,), labels. Defaults: 1000 samples, noise 0.1. */
export function moons(options: SyntheticOptions = {}): Dataset {
  checkOptions<SyntheticOptions>("moons", options, SYNTHETIC_FIELDS);
  const { noise = 0.1, ...rest } = options;
  return drawClasses("moons", 2, 2, { ...rest, noise }, (label, index, count) => {
    const angle = (Math.PI * index) / Math.max(1, count - 1);
    return label === 0 ? [Math.cos(angle), Math.sin(angle)] : [1 - Math.cos(angle), 0.5 - Math.sin(angle)];
  });
}
