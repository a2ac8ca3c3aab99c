/** The numbers of a histogram: counts of equally wide bins over [low, high]. */
export interface HistogramBins {
  readonly low: number;
  readonly high: number;
  readonly counts: readonly number[];
}

/** A hyper-parameter: what TensorBoard's HPARAMS tab can show. */
export type HyperparameterValue = number | string | boolean;

/** What the hparams plugin stores.
 *    experiment   names of hyper-parameters, and the tags of the metrics to compare
 *    start        values of a run; runs with the same group are repetitions of each other. Seconds since 1970
 *    end          how it ended */
export type HyperparameterData =
  | {
      readonly kind: "experiment";
      readonly names: Readonly<Record<string, HyperparameterValue>>;
      readonly metrics: readonly string[];
      readonly seconds: number;
    }
  | {
      readonly kind: "start";
      readonly values: Readonly<Record<string, HyperparameterValue>>;
      readonly group: string;
      readonly seconds: number;
    }
  | { readonly kind: "end"; readonly status: "success" | "failure"; readonly seconds: number };

/** The contents of an event.
 *    version          the first event of a file; `writer` names the program
 *    restart          values of this and later steps that were written before are void
 *    scalars          float32 by tag: NaN and infinity stay what they are
 *    histogram, text  one value of one tag
 *    hyperparameters  of the whole run */
export type EventContent =
  | { readonly kind: "version"; readonly writer: string }
  | { readonly kind: "restart" }
  | { readonly kind: "scalars"; readonly values: Readonly<Record<string, number>> }
  | { readonly kind: "histogram"; readonly tag: string; readonly bins: HistogramBins; readonly isFirst: boolean }
  | { readonly kind: "text"; readonly tag: string; readonly text: string; readonly isFirst: boolean }
  | { readonly kind: "hyperparameters"; readonly data: HyperparameterData };
