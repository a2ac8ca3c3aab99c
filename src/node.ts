// `gradus/node`: files, data sets on disks and servers, and logs of other tools. A changed name here means a line in CHANGELOG.md.
// biome-ignore-all assist/source/organizeImports: grouped by purpose

// data sets
export { loadCsv, loadIdx, loadNpy } from "./datasets/from-files.ts";
export { loadFashionMnist } from "./datasets/fashion-mnist.ts";
export { loadMnist } from "./datasets/mnist.ts";
export { type DataSpec, loadDataset } from "./datasets/registry.ts";
export { type ImageFolder, type ImageFolderOptions, imageFolder } from "./datasets/image-folder.ts";

// files
export { readCheckpoint, readCsv, readIdx, readNpy, readSafetensors } from "./files/files.ts";
export { writeCheckpoint, writeIdx, writeNpy, writeSafetensors } from "./files/files.ts";
export type { ReadOptions } from "./files/limits.ts";
export { type LoadOptions, loadModel, saveModel } from "./files/model-file.ts";

// runs that were made elsewhere
export { type LoggedRun, readLog } from "./files/logs/read-log.ts";

// runs that last
export { createRun, type CreateRunOptions } from "./runs/create-run.ts";
export { type ContinueRunOptions, continueRun } from "./runs/continue-run.ts";
export { type RecordRunOptions, type RunRecorder, recordRun } from "./runs/record-run.ts";
export { openRun } from "./runs/open-run.ts";
export { findRuns } from "./runs/find-runs.ts";
export type { NewRunEvent, RunWriter } from "./runs/run-writer.ts";
export type { GitState, RunDescription, RunEnvironment, RunScoring } from "./runs/types.ts";
export type { HistogramPoint, MeasureSeries, RunEvent, RunKind, RunReader, RunStatus } from "./runs/types.ts";

// runs for TensorBoard
export { createEventWriter, type EventWriter, type EventWriterOptions } from "./files/event-writer.ts";
export { recordTensorboard, type TensorboardOptions } from "./runs/record-tensorboard.ts";
export type { HistogramBins, HyperparameterValue } from "./io/tensorboard/event-content.ts";
