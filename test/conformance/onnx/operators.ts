import { ACTIVATIONS } from "./activations.ts";
import { CONVOLUTIONS } from "./convolutions.ts";
import { DROPOUT } from "./dropout.ts";
import { ELEMENTWISE } from "./elementwise.ts";
import { LOSSES } from "./losses.ts";
import { MOVEMENT } from "./movement.ts";
import { NORMALIZATIONS } from "./normalizations.ts";
import type { Operator } from "./operator.ts";
import { OPTIMIZERS } from "./optimizers.ts";
import { POOLING } from "./pooling.ts";
import { PRODUCTS } from "./products.ts";
import { RECURRENCES } from "./recurrences.ts";
import { REDUCTIONS } from "./reductions.ts";

/** Every ONNX operator that exists here, by name. */
export const OPERATORS: Readonly<Record<string, Operator>> = {
  ...ELEMENTWISE,
  ...MOVEMENT,
  ...PRODUCTS,
  ...RECURRENCES,
  ...REDUCTIONS,
  ...CONVOLUTIONS,
  ...POOLING,
  ...ACTIVATIONS,
  ...NORMALIZATIONS,
  ...DROPOUT,
  ...LOSSES,
  ...OPTIMIZERS,
};
