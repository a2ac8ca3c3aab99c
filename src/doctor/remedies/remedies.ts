import type { RemedyName } from "../words.ts";
import { activation } from "./activation.ts";
import { architecture, dataFault, moreData } from "./advice.ts";
import { batchNorm } from "./batch-norm.ts";
import { batchSize } from "./batch-size.ts";
import { clip } from "./clip.ts";
import { dropout } from "./dropout.ts";
import { earlyStopping } from "./early-stopping.ts";
import { init } from "./init.ts";
import { l2 } from "./l2.ts";
import { learningRate } from "./learning-rate.ts";
import { loss } from "./loss.ts";
import { moreEpochs } from "./more-epochs.ts";
import { optimizer } from "./optimizer.ts";
import { outputActivation } from "./output-activation.ts";
import type { RemedyRule } from "./remedy.ts";
import { scaleInputs } from "./scale-inputs.ts";
import { scaleTargets } from "./scale-targets.ts";

/** Every remedy. A name without an entry does not compile. */
export const REMEDIES_TABLE = {
  init,
  activation,
  "batch-norm": batchNorm,
  clip,
  optimizer,
  "learning-rate": learningRate,
  dropout,
  l2,
  "early-stopping": earlyStopping,
  "output-activation": outputActivation,
  loss,
  "scale-inputs": scaleInputs,
  "scale-targets": scaleTargets,
  "batch-size": batchSize,
  "more-epochs": moreEpochs,
  "more-data": moreData,
  architecture,
  "data-fault": dataFault,
} satisfies Record<RemedyName, RemedyRule>;
