import { type AdadeltaOptions, adadelta } from "./adadelta.ts";
import { type AdafactorOptions, adafactor } from "./adafactor.ts";
import { type AdagradOptions, adagrad } from "./adagrad.ts";
import { type AdamOptions, adam } from "./adam.ts";
import { type AdamaxOptions, adamax } from "./adamax.ts";
import { type AdamwOptions, adamw } from "./adamw.ts";
import { splitConfig } from "./config.ts";
import { type FtrlOptions, ftrl } from "./ftrl.ts";
import { type LambOptions, lamb } from "./lamb.ts";
import { type LionOptions, lion } from "./lion.ts";
import { type NadamOptions, nadam } from "./nadam.ts";
import type { Optimizer } from "./optimizer.ts";
import { type RadamOptions, radam } from "./radam.ts";
import { type RmspropOptions, rmsprop } from "./rmsprop.ts";
import { type SgdOptions, sgd } from "./sgd.ts";

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

/** Creates the optimiser that a configuration describes, or a named one with all defaults.
 *    createOptimizer({ type: "sgd", learningRate: 0.1, momentum: 0.9 })        createOptimizer("adam")
 *  @throws `unknown-field` for an unknown type or a misspelt field, with a suggestion; `bad-argument` for a value out of range. */
export function createOptimizer(config: OptimizerConfig | OptimizerType): Optimizer {
  const { type, options } = splitConfig("optimizer", config, OPTIMIZERS);
  return (OPTIMIZERS[type] as (options: object) => Optimizer)(options);
}
