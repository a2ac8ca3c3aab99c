import { COUNT, checkOptions, type Fields, required, THREADS } from "../core/fields.ts";
import type { Tree } from "../core/tree.ts";
import { alignFeatures } from "../data/align-features.ts";
import { type Dataset, requireDataset } from "../data/dataset.ts";
import type { LossInput } from "../nn/losses/losses.ts";
import { type Model, requireModel } from "../nn/model.ts";
import { FEATURE_NAMES, type ModelState } from "../nn/state.ts";
import type { Backend, BackendName } from "../runtime/backend.ts";
import { compile, DeviceState } from "../tensor/compile.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { resolveBackend } from "./backend.ts";
import { Breather } from "./breathe.ts";
import {
  type EvaluationOutputs,
  type EvaluationState,
  evaluateWith,
  evaluationStep,
  type LabelledBatch,
} from "./evaluation-step.ts";
import type { MetricName, Metrics } from "./events.ts";
import { BACKEND, LOSS, METRICS } from "./fields.ts";
import { checkMetrics } from "./metrics.ts";
import { defaultMetrics, fitToModel, requireNotEmpty } from "./prepare.ts";
import { requireModelState } from "./require-inputs.ts";
import { metricContextOf } from "./target-form.ts";

export interface EvaluateOptions {
  readonly loss: LossInput;
  /** Besides the loss. Default: accuracy if the targets are class labels. */
  readonly metrics?: readonly MetricName[] | undefined;
  /** Default 500. */
  readonly batchSize?: number | undefined;
  readonly backend?: BackendName | "auto" | Backend | undefined;
  readonly threads?: number | undefined;
}

const FIELDS: Fields<EvaluateOptions> = {
  loss: required(LOSS),
  metrics: METRICS,
  batchSize: COUNT,
  backend: BACKEND,
  threads: THREADS,
};

/** Loss and metrics of a model over a dataset, in prediction mode. If the state and the dataset both name their features, the
 *  dataset's are put into the state's order.
 *    const { accuracy } = await evaluate(model, state, test, { loss: "softmaxCrossEntropy" })
 *  @throws GradusError `empty-dataset` without samples; `shape-mismatch`, `label-out-of-range` if data and model do not fit. */
export async function evaluate(
  model: Model,
  state: ModelState,
  dataset: Dataset,
  options: EvaluateOptions,
): Promise<Metrics> {
  requireModel("evaluate", model);
  requireDataset("evaluate", dataset);
  requireNotEmpty("evaluate", dataset);
  requireModelState("evaluate", model, state);
  checkOptions<EvaluateOptions>("evaluate", options ?? {}, FIELDS);
  const fitted = fitToModel(alignFeatures(dataset, state[FEATURE_NAMES]), model, options.loss);
  const metricContext = metricContextOf(options.loss, fitted);
  const metrics = checkMetrics(options.metrics ?? defaultMetrics(fitted), model.outputShape, metricContext);
  const parts = { model, loss: options.loss, metrics, metricContext };
  const deviceState = await DeviceState.create<EvaluationState>(
    { parameters: state.parameters as Tree<Tensor>, buffers: state.buffers as Tree<Tensor> },
    await resolveBackend(options),
  );
  const step = await compile<EvaluationState, LabelledBatch, EvaluationOutputs>(
    evaluationStep(parts, (values) => values),
    {
      state: deviceState,
    },
  );
  const breather = new Breather();
  try {
    return await evaluateWith(step, fitted, options.batchSize ?? 500, async () => {
      if (breather.isDue) await breather.breathe();
    });
  } finally {
    step.dispose();
    deviceState.dispose();
  }
}
