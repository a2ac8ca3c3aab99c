/** Measures of one layer that charts show. */
export type ChartMeasure = "gradientNorm" | "updateRatio" | "weightNorm" | "dead" | "saturated";

type Kind = "dense" | "conv" | "maxPool" | "avgPool" | "globalAvgPool" | "rnn" | "lstm" | "gru";

/** A name, and what it measures, with its usual size. */
export interface Named {
  readonly name: string;
  readonly hint: string;
}

/** Texts of the charts. Numbers come as text. */
export interface ChartTexts {
  readonly table: string;
  /** Heading of a column that counts. */
  readonly number: string;
  readonly step: string;
  readonly epoch: string;
  readonly network: (name: string) => string;
  readonly input: string;
  readonly output: string;
  readonly layer: (number: string) => string;
  readonly kinds: Readonly<Record<Kind, string>>;
  readonly units: (count: string) => string;
  readonly filters: (count: string, kernel: string) => string;
  readonly window: (size: string) => string;
  readonly norms: Readonly<Record<"batch" | "layer", string>>;
  readonly dropout: (share: string) => string;
  readonly skip: string;
  readonly parameters: (count: string) => string;
  readonly measures: Readonly<Record<ChartMeasure, Named>>;
  readonly activations: Named;
  readonly shares: Named;
  readonly usual: string;
  readonly tooSmall: string;
  readonly tooLarge: string;
  readonly notFinite: string;
  readonly noValues: string;
  readonly strip: {
    readonly name: string;
    readonly keys: string;
    readonly summary: (layers: string, lowest: string, highest: string) => string;
    readonly waiting: (layers: string) => string;
    readonly broke: (layer: string, tensor: string, step: string) => string;
  };
  readonly heat: {
    readonly name: (measure: string) => string;
    readonly keys: string;
    readonly summary: (measure: string, steps: string, lowest: string, highest: string) => string;
    readonly waiting: string;
    readonly layerAxis: string;
  };
  readonly curves: {
    readonly names: Readonly<Record<"loss" | "accuracy", string>>;
    readonly keys: string;
    readonly lossAxis: string;
    readonly accuracyAxis: string;
    readonly series: Readonly<Record<"raw" | "smooth" | "train" | "test", string>>;
    readonly chance: string;
    readonly notFinite: (value: string, step: string) => string;
    readonly changed: (step: string, what: string) => string;
    readonly changedNetwork: (step: string, network: string, what: string) => string;
    readonly waiting: string;
    readonly summary: (what: string, step: string, values: string) => string;
  };
  /** Settings by the last part of their paths, for marks. */
  readonly settings: Readonly<Record<string, string>>;
  readonly plane: {
    readonly name: string;
    readonly keys: string;
    readonly x: string;
    readonly y: string;
    readonly train: string;
    readonly test: string;
    readonly classes: string;
    readonly area: string;
    readonly class: (name: string) => string;
    readonly at: (x: string, y: string) => string;
    readonly predicted: (name: string, probability: string) => string;
    readonly summary: (train: string, test: string, shares: string) => string;
    readonly more: string;
  };
  readonly pictures: {
    readonly name: string;
    readonly wrong: (count: string) => string;
    readonly none: string;
    readonly caption: (label: string, predicted: string) => string;
    readonly spoken: (label: string, predicted: string, probability: string) => string;
    readonly label: string;
    readonly predicted: string;
    readonly probability: string;
  };
  readonly filterGrid: {
    readonly name: string;
    readonly filter: (number: string) => string;
    readonly range: (low: string, high: string) => string;
    readonly summary: (count: string, size: string) => string;
  };
  readonly confusion: {
    readonly name: string;
    readonly keys: string;
    readonly truth: string;
    readonly prediction: string;
    readonly cell: (truth: string, prediction: string, count: string, share: string) => string;
    readonly summary: (correct: string, total: string) => string;
  };
  readonly targets: {
    readonly name: string;
    readonly keys: string;
    readonly target: string;
    readonly prediction: string;
    readonly point: (target: string, prediction: string) => string;
    readonly r2: (value: string) => string;
    readonly summary: (count: string, r2: string) => string;
  };
  readonly histogram: {
    readonly name: (layer: string) => string;
    readonly keys: string;
    readonly value: string;
    readonly share: string;
    readonly bin: (low: string, high: string, share: string) => string;
    readonly summary: (layer: string, low: string, high: string) => string;
  };
}
