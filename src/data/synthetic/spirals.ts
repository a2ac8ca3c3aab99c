import { COUNT, checkOptions, type Fields, POSITIVE, withHelp } from "../../core/fields.ts";
import type { Dataset } from "../dataset.ts";
import { drawClasses, SYNTHETIC_FIELDS, type SyntheticOptions } from "./plane.ts";

export interface SpiralsOptions extends SyntheticOptions {
  /** Arms, one per class. Default 2. */
  readonly classes?: number;
  /** Full turns of each arm, > 0; more turns are harder. Default 1.5. */
  readonly turns?: number;
}

export const SPIRALS_FIELDS: Fields<SpiralsOptions> = {
  ...SYNTHETIC_FIELDS,
  classes: withHelp("arms (default: 2)", COUNT),
  turns: withHelp("turns of each arm (default: 1.5)", POSITIVE),
};

/** Arms of a spiral, each rotated by 2 pi / classes from the previous one: radius r in (0, 1], angle 2 pi turns r.
 *  Inputs (2,), labels. Defaults: 1000 samples, noise 0.02. After Lang & Witbrock, "Learning to Tell Two Spirals Apart", 1988. */
export function spirals(options: SpiralsOptions = {}): Dataset {
  checkOptions<SpiralsOptions>("spirals", options, SPIRALS_FIELDS);
  const { classes = 2, turns = 1.5, noise = 0.02, ...rest } = options;
  return drawClasses("spirals", classes, 2, { ...rest, noise }, (label, index, count) => {
    const radius = (index + 1) / count;
    const angle = 2 * Math.PI * (turns * radius + label / classes);
    return [radius * Math.cos(angle), radius * Math.sin(angle)];
  });
}
