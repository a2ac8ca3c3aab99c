import { requireInRange } from "../../core/errors.ts";
import type { Dataset } from "../dataset.ts";
import { drawClasses, type SyntheticOptions } from "./plane.ts";

export interface CirclesOptions extends SyntheticOptions {
  /** Radius of the inner circle as a share of the outer one's 1, in (0, 1). Default 0.5. */
  readonly factor?: number;
}

/** Two circles about the origin: class 0 on radius 1, class 1 on radius `factor`. No line separates them.
 *  Inputs (2,), labels. Defaults: 1000 samples, noise 0.05. */
export function circles({ factor = 0.5, noise = 0.05, ...options }: CirclesOptions = {}): Dataset {
  requireInRange("circles", "factor", factor, (value) => value > 0 && value < 1, "between 0 and 1");
  return drawClasses("circles", 2, 2, { ...options, noise }, (label, index, count) => {
    const radius = label === 0 ? 1 : factor;
    const angle = (2 * Math.PI * index) / count;
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}
