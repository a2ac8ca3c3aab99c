// What passes between the page and the worker that trains: commands one way, messages the other. Plain data and typed arrays.
import type { Finding, Prescription } from "gradus/doctor";
import type { EpochRecord, Failure, Histogram, Reading } from "gradus/watch";
import type { NetworkConfig, PlaygroundConfig } from "../config/config.ts";

/** A user's own samples, made on the page: see lab/own-data.ts. */
export interface OwnSamples {
  readonly inputs: Float32Array | Uint8Array;
  readonly inputShape: readonly number[];
  readonly targets: Int32Array | Float32Array;
  readonly classes?: number;
  readonly classNames?: readonly string[];
  readonly featureNames?: readonly string[];
}

export type Command =
  /** Build everything anew and wait. Answered by `ready` or `refused`. `own` goes with data "csv" or "pictures". */
  | {
      readonly type: "setUp";
      readonly config: PlaygroundConfig;
      readonly own?: OwnSamples | undefined;
      readonly threads?: number | undefined;
    }
  /** Train on; `stepsPerSecond` slows it down, undefined: as fast as it goes. */
  | { readonly type: "play"; readonly stepsPerSecond?: number | undefined }
  | { readonly type: "pause" }
  /** That many steps, then pause. */
  | { readonly type: "step"; readonly count: number }
  /** To the end of the epoch, then pause. */
  | { readonly type: "epoch" }
  /** New settings in the middle of the run. Weights of layers that stay the same are kept. Answered by `changed` or `refused`. */
  | { readonly type: "change"; readonly config: PlaygroundConfig }
  /** Which network's layer the page looks at closely: its histogram comes with every look. */
  | { readonly type: "look"; readonly views: Views }
  /** Answered by `model`. */
  | { readonly type: "export"; readonly network: 0 | 1 };

/** What the page shows now, so that nothing else is computed. */
export interface Views {
  /** Boundary, misclassified pictures, predicted curves. */
  readonly output: boolean;
  /** Histograms of activations, first-layer filters. */
  readonly layers: boolean;
}

/** Of the data, for drawing: sent once after `setUp`. */
export interface DataView {
  readonly name: string;
  readonly kind: "plane" | "pictures" | "sequences" | "table";
  readonly task: "classification" | "regression";
  readonly inputShape: readonly number[];
  readonly classes?: number | undefined;
  readonly classNames?: readonly string[] | undefined;
  readonly trainSamples: number;
  readonly testSamples: number;
  /** Share of the most frequent class among test samples: accuracy by guessing. */
  readonly chance?: number | undefined;
  /** Plane data: (x, y) of each training and test sample, their labels, and the square that shows them all. */
  readonly plane?:
    | {
        readonly train: Float32Array;
        readonly trainLabels: Int32Array;
        readonly test: Float32Array;
        readonly testLabels: Int32Array;
        readonly low: number;
        readonly high: number;
      }
    | undefined;
}

/** A layer of Gradus with what it is part of. */
export interface LayerView {
  /** As in readings. */
  readonly path: string;
  readonly type: string;
  /** Index in the network's blocks; undefined for the output layer. */
  readonly block?: number | undefined;
  readonly outputShape: readonly number[];
  readonly parameterCount: number;
}

export interface NetworkView {
  readonly layers: readonly LayerView[];
  readonly parameterCount: number;
  readonly stepsPerEpoch: number;
}

/** New since the last frame, of one network. */
export interface NetworkFrame {
  /** Steps and epochs done since the reset. */
  readonly step: number;
  readonly epoch: number;
  /** Loss by step, thinned to at most a few points per frame; NaN and infinity as they are. */
  readonly losses: readonly { readonly step: number; readonly loss: number }[];
  readonly epochs: readonly EpochRecord[];
  /** By layer path: gradient, weight and update norms, shares dead and saturated. */
  readonly readings: readonly Reading[];
  /** By layer path, on request; activations of the layer on training samples. */
  readonly histograms?: Readonly<Record<string, Histogram>> | undefined;
  readonly output?: OutputView | undefined;
  readonly filters?: Filters | undefined;
  /** Values became NaN or infinite: the run of this network has ended. */
  readonly failure?: Failure | undefined;
  /** Present when they changed. */
  readonly findings?: readonly Finding[] | undefined;
  readonly stepsPerSecond: number;
  readonly hasFinished: boolean;
}

/** What the network makes of the data now. */
export type OutputView =
  /** values: (size, size), row by row from the top (highest y) of the square. Classes: the most likely class, with its probability
   *  as the fraction: 2.75 is class 2 with probability 0.75 (a probability of 1 is written as 0.999). */
  | { readonly kind: "plane"; readonly size: number; readonly values: Float32Array }
  /** The test pictures that it got wrong with most confidence, at most 12. */
  | { readonly kind: "pictures"; readonly wrong: readonly WrongPicture[]; readonly wrongCount: number }
  /** Test targets and predictions, at most 200. */
  | { readonly kind: "values"; readonly targets: Float32Array; readonly predictions: Float32Array }
  /** (classes, classes): rows are true classes. */
  | { readonly kind: "confusion"; readonly counts: Int32Array; readonly classes: number };

export interface WrongPicture {
  /** (channels, height, width), 0 to 255. */
  readonly pixels: Uint8Array;
  readonly shape: readonly number[];
  readonly label: number;
  readonly predicted: number;
  readonly probability: number;
}

/** Weights of the first layer as pictures: convolutional kernels, or dense weights on pictures. At most 16. */
export interface Filters {
  /** (count, height, width). */
  readonly values: Float32Array;
  readonly count: number;
  readonly height: number;
  readonly width: number;
}

/** An error as data. `layer` is in `values` where one is known. */
export interface ErrorData {
  readonly code: string;
  readonly message: string;
  readonly values: Readonly<Record<string, unknown>>;
}

/** A change in the middle of the run. */
export interface ChangeMark {
  readonly network: 0 | 1;
  readonly step: number;
  readonly epoch: number;
  /** Names of what changed, as paths of `NetworkConfig`: "optimizer.learningRate", "blocks.3.activation". */
  readonly paths: readonly string[];
  /** Whether the optimiser's moments began anew: always, but for a change of the rate alone. */
  readonly keepsMoments: boolean;
  /** Layers whose weights were drawn anew. */
  readonly newLayers: readonly string[];
}

export type Message =
  | {
      readonly type: "ready";
      readonly data: DataView;
      readonly networks: readonly NetworkView[];
      readonly backend: string;
      readonly threads: number;
      /** "WebAssembly, 128-bit vectors, multiply-add fused, 2 threads": says why there is one thread. */
      readonly description: string;
      /** Findings before the first step, by network. */
      readonly findings: readonly (readonly Finding[])[];
    }
  | { readonly type: "refused"; readonly error: ErrorData }
  /** At most 30 per second. */
  | { readonly type: "frame"; readonly networks: readonly NetworkFrame[]; readonly isPlaying: boolean }
  | { readonly type: "changed"; readonly marks: readonly ChangeMark[]; readonly networks: readonly NetworkView[] }
  | { readonly type: "model"; readonly network: 0 | 1; readonly bytes: Uint8Array };

/** Where the doctor's proof runs: the page's second worker, through `gradus/page`. */
export interface ProofState {
  readonly network: 0 | 1;
  readonly phase: "preflight" | "runs" | "rules" | "prescribe" | "trial" | "done";
  readonly done: number;
  readonly prescription?: Prescription | undefined;
}

export type { NetworkConfig };
