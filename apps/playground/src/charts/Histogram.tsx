import type { Histogram as HistogramData } from "gradus/watch";
import { Histogram as Part } from "gradus-parts/histogram/Histogram.tsx";
import { chartTexts } from "../text/charts.ts";

export interface HistogramProps {
  readonly histogram: HistogramData;
  /** The layer's name. Default: "Activations". */
  readonly label?: string | undefined;
}

/** The distribution of one layer's outputs. */
export function Histogram({ histogram, label }: HistogramProps) {
  const { activations, histogram: words, table } = chartTexts.value;
  const layer = label ?? activations.name;
  return (
    <Part
      histogram={histogram}
      name={label === undefined ? activations.name : words.name(label)}
      words={{ ...words, table, summary: (low, high) => words.summary(layer, low, high) }}
    />
  );
}
