// `gradus/page`: Gradus in a worker, from a page. The worker's file calls `serve()` of `gradus/page/worker`. A changed name here means a line
// in CHANGELOG.md.
// biome-ignore-all assist/source/organizeImports: grouped by purpose

export { connect, type ConnectOptions } from "./page/connect.ts";
export type {
  PageEngine,
  PageEvaluateOptions,
  PageExamineOptions,
  PageExamineTrainingOptions,
  PageFitOptions,
  PagePredictOptions,
} from "./page/engine.ts";
export type { PageRun } from "./page/run.ts";
export type { Port } from "./page/port.ts";
export { decodeError, encodeError } from "./crossing/crossing.ts";
export type { SentError } from "./crossing/errors.ts";
