// `gradus`: everything that runs on any host, a page included. A changed name here means a line in CHANGELOG.md.
// biome-ignore-all assist/source/organizeImports: grouped by purpose

// errors
export { type ErrorCode, GradusError } from "./core/errors.ts";

// tensors: at a prompt, with gradients, and as compiled steps
export type { DType, HostArray } from "./core/dtype.ts";
export type { Tree } from "./core/tree.ts";
export { concat, full, ones, range, stack, tensor, zeros } from "./tensor/create.ts";
export { Tensor, type TensorLike, where } from "./tensor/tensor.ts";
export { grad, valueAndGrad } from "./tensor/grad.ts";
export { CompiledStep, compile, DeviceState, type StepResult } from "./tensor/compile.ts";
export { checkGradients, type GradientCheck } from "./tensor/check-gradients.ts";
export { foldKey, nextKey, randomBernoulli, randomBits, randomKey } from "./tensor/random.ts";
export { randomNormal, randomUniform } from "./tensor/random.ts";

// backends
export { BACKEND_NAMES, type BackendOptions, openBackend } from "./engine/select-backend.ts";
export type { Backend, BackendName, DeviceArray, Executable } from "./runtime/backend.ts";

// models as data
export { createModel, type LayerInfo, type Model, type ModelConfig, type ModelInput, sequential } from "./nn/model.ts";
export type { ModelState } from "./nn/state.ts";
export type { LayerConfig, LayerInput } from "./nn/layers.ts";
export { activation, alphaDropout, batchNorm, block, dropout, flatten } from "./nn/construct.ts";
export { gaussianDropout, gaussianNoise, layerNorm, linear, reshape, skip } from "./nn/construct.ts";
export { multiHeadAttention, positionalEncoding, sequencePool } from "./nn/construct.ts";
export { type TransformerBlockOptions, transformerBlock } from "./nn/attention/transformer-block.ts";
export { celu, elu, exponential, gelu, hardShrink, hardSigmoid, hardSwish, hardTanh } from "./nn/construct.ts";
export { identity, leakyRelu, logSigmoid, logSoftmax, mish, prelu, relu, relu6, rrelu } from "./nn/construct.ts";
export { selu, sigmoid, silu, softmax, softplus, softShrink, softsign, tanh, tanhShrink } from "./nn/construct.ts";
export { avgPool1d, avgPool2d, avgPool3d, conv1d, conv2d, conv3d } from "./nn/construct.ts";
export { lpPool1d, lpPool2d, lpPool3d, maxPool1d, maxPool2d, maxPool3d } from "./nn/construct.ts";
export { adaptiveAvgPool1d, adaptiveAvgPool2d, adaptiveMaxPool1d, adaptiveMaxPool2d } from "./nn/construct.ts";
export { convTranspose1d, convTranspose2d, convTranspose3d, depthwiseConv2d, globalAvgPool } from "./nn/construct.ts";
export { globalMaxPool, groupNorm, instanceNorm, localResponseNorm, spatialDropout } from "./nn/construct.ts";
export { upsampling, zeroPadding } from "./nn/construct.ts";
export { embedding, gru, lstm, rnn, thresholdedRelu } from "./nn/construct.ts";
// the layers' functions on tensors: functional.softmax(x), functional.gelu(x), …
import * as functional from "./nn/functional.ts";
export { functional };
export type { InitConfig, InitInput } from "./nn/init/init.ts";
export { computeLoss, type LossConfig, type LossInput, lossPerSample } from "./nn/losses/losses.ts";
export { penalty, type RegularizerConfig } from "./nn/regularizer.ts";

// whole networks as data
export { type CharGruOptions, charGru } from "./models/char-gru.ts";
export { type CnnOptions, cnn32x64 } from "./models/cnn.ts";
export { type ResnetOptions, resnet } from "./models/resnet.ts";
export { type RowLstmOptions, rowLstm } from "./models/row-lstm.ts";
export { type TransformerOptions, transformer } from "./models/transformer.ts";
export { type VggOptions, vgg } from "./models/vgg.ts";

// optimisers, clipping, schedules
export { adadelta } from "./optim/adadelta.ts";
export { adafactor } from "./optim/adafactor.ts";
export { adagrad } from "./optim/adagrad.ts";
export { adam } from "./optim/adam.ts";
export { adamax } from "./optim/adamax.ts";
export { adamw } from "./optim/adamw.ts";
export { ftrl } from "./optim/ftrl.ts";
export { lamb } from "./optim/lamb.ts";
export { lion } from "./optim/lion.ts";
export { nadam } from "./optim/nadam.ts";
export { radam } from "./optim/radam.ts";
export { rmsprop } from "./optim/rmsprop.ts";
export { sgd } from "./optim/sgd.ts";
export { createOptimizer, type OptimizerConfig } from "./optim/optimizers.ts";
export { applyUpdates, chain, type Transform } from "./optim/transform.ts";
export { adaptiveClip, type ClipConfig, clipByGlobalNorm, clipByNorm, clipByValue, createClip } from "./optim/clip.ts";
export { maxNorm, projectMaxNorm } from "./optim/max-norm.ts";
export { createSchedule, type Schedule, type ScheduleConfig } from "./optim/schedules.ts";

// data
export { type Batch, type Batches, batches } from "./data/batches.ts";
export type { Dataset } from "./data/dataset.ts";
export { fromArrays } from "./data/from-arrays.ts";
export { characterWindows, decodeText, encodeText, labelledTexts, type Vocabulary, vocabularyOf } from "./data/text.ts";
export { type PaddedSequences, padSequences } from "./data/pad-sequences.ts";
export { type Augment, type AugmentConfig, createAugment } from "./data/images/augment.ts";
export { labelHistogram, oneHot } from "./data/labels.ts";
export { applyScaling, fitMinMax, fitStandardize, invertScaling } from "./data/scaling.ts";
export { parseScaling, type Scaling, scale } from "./data/scaling.ts";
export { applyPca, fitPca, type Pca, type PcaOptions, parsePca } from "./data/pca.ts";
export { adding } from "./data/synthetic/adding.ts";
export { blobs } from "./data/synthetic/blobs.ts";
export { circles } from "./data/synthetic/circles.ts";
export { moons } from "./data/synthetic/moons.ts";
export { type Parted, partedSamples } from "./data/synthetic/parted.ts";
export type { SequenceOptions } from "./data/synthetic/sequences.ts";
export { sine } from "./data/synthetic/sine.ts";
export { spirals } from "./data/synthetic/spirals.ts";
export { xor } from "./data/synthetic/xor.ts";

// files as bytes
export { type Checkpoint, decodeCheckpoint, encodeCheckpoint, type Json } from "./io/checkpoint.ts";
export { type CsvOptions, type CsvTable, parseCsv } from "./io/csv.ts";
export { decodeIdx, encodeIdx } from "./io/idx.ts";
export { decodeNpy, encodeNpy } from "./io/npy.ts";
export { decodeSafetensors, encodeSafetensors, type Safetensors } from "./io/safetensors.ts";
export type { StoredArray } from "./io/stored-array.ts";
export {
  decodeModel,
  encodeModel,
  type ModelToSave,
  type SavedModel,
  type WeightsOptions,
} from "./train/checkpoint.ts";

// training
export { fit, trainingEvents } from "./fit.ts";
export type { WatchedFitOptions, WatchedResult } from "./doctor/fit.ts";
export type { TrainingEvents } from "./train/loop.ts";
export type { SwaConfig } from "./train/averages/options.ts";
export type { AverageName, WeightsName } from "./train/averages/values.ts";
export type { CheckpointInterval, CheckpointOptions, ResumeOption } from "./train/checkpoints/options.ts";
export type { CheckpointStore, SavedPlace } from "./train/checkpoints/store.ts";
export type { RunState, SavedRun } from "./train/checkpoints/run-state.ts";
export type { FitData, FitOptions, TrainResult } from "./train/options.ts";
export type {
  Callbacks,
  EpochEnded,
  EventListener,
  ListenerAnswer,
  MetricName,
  Metrics,
  RateChange,
  StepEnded,
  TrainEvent,
} from "./train/events.ts";
export { type EvaluateOptions, evaluate } from "./train/evaluate.ts";
export type { KeptWeights } from "./train/kept-weights.ts";
export { type Prediction, type PredictOptions, predict } from "./train/predict.ts";
export { createPredictor, type Predictor, type PredictorInputs, type PredictorOptions } from "./train/predictor.ts";
export { type ProgressOptions, progress } from "./train/progress.ts";
export type { StepProbe, StepTrace } from "./train/probe.ts";
