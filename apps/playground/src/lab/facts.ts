import type { DataFacts } from "../config/facts.ts";
import type { DataView as DataSummary } from "./protocol.ts";

/** What a network must know of data that the worker has loaded. */
export function factsOf({ task, inputShape, classes, trainSamples }: DataSummary): DataFacts {
  return { task, inputShape, classes, trainSamples };
}
