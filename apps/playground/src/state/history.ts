import type { Signal } from "@preact/signals";
import type { Finding } from "gradus/doctor";
import type { EpochRecord, Failure, Histogram, Reading } from "gradus/watch";
import type { ChangeMark, Filters, NetworkView, OutputView } from "../lab/protocol.ts";

/** What is known about one network's run: grows with every frame. Charts read it and draw again when `version` changes; nothing in it
 *  is a signal but that and `calm`, so that thirty frames a second cost no more than the drawing. */
export interface NetworkHistory {
  /** Counts frames, changes and resets: for curves that move. */
  readonly version: Signal<number>;
  /** The same, but at most some seven times a second: for what is read, and for what is expensive to draw. */
  readonly calm: Signal<number>;
  readonly view: NetworkView;
  readonly step: number;
  readonly epoch: number;
  readonly stepsPerSecond: number;
  readonly hasFinished: boolean;
  /** By step, rising; thinned as the run grows, so that memory stays flat. NaN and infinity as they are. */
  readonly lossSteps: readonly number[];
  readonly losses: readonly number[];
  readonly epochs: readonly EpochRecord[];
  /** By step, rising; thinned as the run grows. The last one is the newest. */
  readonly readings: readonly Reading[];
  readonly histograms: Readonly<Record<string, Histogram>>;
  readonly output: OutputView | undefined;
  readonly filters: Filters | undefined;
  readonly failure: Failure | undefined;
  readonly findings: readonly Finding[];
  readonly marks: readonly ChangeMark[];
}
