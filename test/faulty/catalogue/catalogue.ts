import { DATA_AND_LOSS } from "./data-and-loss.ts";
import { HEALTHY } from "./healthy.ts";
import { RECURRENT } from "./recurrent.ts";
import { STEPS } from "./steps.ts";
import { UNITS } from "./units.ts";
import type { WrittenCase } from "./write.ts";

/** Every case that this folder keeps. */
export const CATALOGUE: readonly WrittenCase[] = [...HEALTHY, ...UNITS, ...STEPS, ...DATA_AND_LOSS, ...RECURRENT];
