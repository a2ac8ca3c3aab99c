/** The words of the charts, in the page's language. Numbers come as text. */
export interface ChartWords {
  /** What opens a chart's table. */
  readonly table: string;
  readonly run: string;
  readonly step: string;
  readonly epoch: string;
  /** The time since a run began; it has a unit of its own. */
  readonly time: string;
  readonly last: string;
  readonly least: string;
  readonly most: string;
  readonly notFinite: string;
  readonly loading: string;
  /** No shown run has the measure. */
  readonly nothing: string;
  readonly failed: string;
  readonly curves: {
    /** Which keys move the cursor and zoom. */
    readonly keys: string;
    /** For those who do not see the picture. `from` and `to`: of the last values. */
    readonly summary: (measure: string, runs: string, from: string, to: string) => string;
    /** Steps that a value stands for. */
    readonly between: (low: string, high: string) => string;
    readonly more: (count: string) => string;
    /** The median of runs that differ in the seed alone. */
    readonly median: (runs: string) => string;
    /** Below the chart: what it does not draw as a line. */
    readonly oddValues: (count: string, runs: string) => string;
    readonly notPositive: (count: string) => string;
    readonly outliers: (count: string) => string;
    readonly withoutEpochs: (runs: string) => string;
    readonly withoutTimes: (runs: string) => string;
  };
  readonly heat: {
    readonly layer: string;
    readonly keys: string;
    readonly summary: (measure: string, step: string, low: string, high: string) => string;
    readonly value: string;
    readonly share: string;
    readonly none: string;
  };
  readonly histograms: {
    readonly name: (layer: string) => string;
    readonly keys: string;
    readonly summary: (step: string, low: string, high: string) => string;
    readonly bin: (low: string, high: string, share: string) => string;
    readonly least: string;
    readonly most: string;
    readonly median: string;
  };
}
