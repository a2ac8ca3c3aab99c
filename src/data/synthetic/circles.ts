import { checkOptions, type Fields, INNER_FRACTION, withHelp } from "../../core/fields.ts";
import type { Dataset } from "../dataset.ts";
import { drawClasses, SYNTHETIC_FIELDS, type SyntheticOptions } from "./plane.ts";

export interface CirclesOptions extends SyntheticOptions {
  /** Radius of the inner circle, in (0, 1); the outer radius is 1. Default 0.5. */
  readonly factor?: number;
}

export const CIRCLES_FIELDS: Fields<CirclesOptions> = {
  ...SYNTHETIC_FIELDS,
  factor: withHelp("radius of the inner circle (default: 0.5)", INNER_FRACTION),
};

/** Two circles about the origin: class 0 on radius 1, class 1 on radius `factor`. No line separates them.
 *  Inputs (2,), labels. Defaults: 1000 samples, noise 0.05. */
export function circles(options: CirclesOptions = {}): Dataset {
  checkOptions<CirclesOptions>("circles", options, CIRCLES_FIELDS);
  const { factor = 0.5, noise = 0.05, ...rest } = options;
  return drawClasses("circles", 2, 2, { ...rest, noise }, (label, index, count) => {
    const radius = label === 0 ? 1 : factor;
    const angle = (2 * Math.PI * index) / count;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}
