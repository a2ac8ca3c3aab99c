import type { Fields } from "../core/fields.ts";
import { ADADELTA_CHECKS, type AdadeltaOptions, adadelta } from "./adadelta.ts";
import { ADAFACTOR_CHECKS, type AdafactorOptions, adafactor } from "./adafactor.ts";
import { ADAGRAD_CHECKS, type AdagradOptions, adagrad } from "./adagrad.ts";
import { ADAM_CHECKS, type AdamOptions, adam } from "./adam.ts";
import { ADAMAX_CHECKS, type AdamaxOptions, adamax } from "./adamax.ts";
import { type AdamwOptions, adamw } from "./adamw.ts";
import { splitConfig } from "./config.ts";
import { FTRL_CHECKS, type FtrlOptions, ftrl } from "./ftrl.ts";
import { LAMB_CHECKS, type LambOptions, lamb } from "./lamb.ts";
import { LION_CHECKS, type LionOptions, lion } from "./lion.ts";
import { NADAM_CHECKS, type NadamOptions, nadam } from "./nadam.ts";
import type { Optimizer } from "./optimizer.ts";
import { RADAM_CHECKS, type RadamOptions, radam } from "./radam.ts";
import { RMSPROP_CHECKS, type RmspropOptions, rmsprop } from "./rmsprop.ts";
import { SGD_CHECKS, type SgdOptions, sgd } from "./sgd.ts";

/** The options of every optimiser, by its type in a configuration. */
export interface OptimizerOptionsByType {
  readonly sgd: SgdOptions;
  readonly adagrad: AdagradOptions;
  readonly adadelta: AdadeltaOptions;
  readonly rmsprop: RmspropOptions;
  readonly adam: AdamOptions;
  readonly adamw: AdamwOptions;
  readonly nadam: NadamOptions;
  readonly adamax: AdamaxOptions;
  readonly radam: RadamOptions;
  readonly lion: LionOptions;
  readonly lamb: LambOptions;
  readonly adafactor: AdafactorOptions;
  readonly ftrl: FtrlOptions;
}

export type OptimizerType = keyof OptimizerOptionsByType;

/** An optimiser as data: `{ type: "adam", learningRate: 1e-3 }`. */
export type OptimizerConfig = {
  [Type in OptimizerType]: { readonly type: Type } & OptimizerOptionsByType[Type];
}[OptimizerType];

/** Every optimiser. To add one, add its file and one line here. */
export const OPTIMIZERS: { readonly [Type in OptimizerType]: (options: OptimizerOptionsByType[Type]) => Optimizer } = {
  sgd,
  adagrad,
  adadelta,
  rmsprop,
  adam,
  adamw,
  nadam,
  adamax,
  radam,
  lion,
  lamb,
  adafactor,
  ftrl,
};

/** What each optimiser takes. */
export const OPTIMIZER_FIELDS: { readonly [Type in OptimizerType]: Fields<OptimizerOptionsByType[Type]> } = {
  sgd: SGD_CHECKS,
  adagrad: ADAGRAD_CHECKS,
  adadelta: ADADELTA_CHECKS,
  rmsprop: RMSPROP_CHECKS,
  adam: ADAM_CHECKS,
  adamw: ADAM_CHECKS,
  nadam: NADAM_CHECKS,
  adamax: ADAMAX_CHECKS,
  radam: RADAM_CHECKS,
  lion: LION_CHECKS,
  lamb: LAMB_CHECKS,
  adafactor: ADAFACTOR_CHECKS,
  ftrl: FTRL_CHECKS,
};

/** Creates the optimiser that a configuration describes, or a named one with all defaults.
 *    createOptimizer({ type: "sgd", learningRate: 0.1, momentum: 0.9 })        createOptimizer("adam")
 *  @throws `unknown-field` for an unknown type or a misspelt field, with a suggestion; `bad-argument` for a value out of range. */
export function createOptimizer(config: OptimizerConfig | OptimizerType): Optimizer {
  const { type, options } = splitConfig("optimizer", config, OPTIMIZERS);
  return (OPTIMIZERS[type] as (options: object) => Optimizer)(options);
}
