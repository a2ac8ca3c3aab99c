import type { TableData } from "gradus-parts/base/table-data.ts";
import { formatNumber, formatPercent } from "gradus-parts/text/numbers.ts";
import type { Block } from "../../config/config.ts";
import type { ChartTexts } from "../../text/charts-texts.ts";
import { titleOf } from "./describe-column.ts";
import type { RowsPicture } from "./row.ts";

const NONE = "–";

/** One row for each part of the network. */
export function stripTable(
  { columns, values, histograms }: RowsPicture,
  blocks: readonly Block[],
  texts: ChartTexts,
): TableData {
  const { measures, activations } = texts;
  const write = (value: number | undefined, format = formatNumber) => (value === undefined ? NONE : format(value));
  return {
    titles: [
      texts.layer("").trim(),
      ...[measures.gradientNorm, measures.weightNorm, measures.updateRatio, measures.dead, measures.saturated].map(
        ({ name }) => name,
      ),
      activations.name,
    ],
    rows: columns.map((column, index) => {
      const { gradientNorm, weightNorm, updateRatio, dead, saturated } = values[index] ?? {};
      const histogram = histograms[index];
      return [
        titleOf(column, blocks, texts),
        write(gradientNorm),
        write(weightNorm),
        write(updateRatio),
        write(dead, formatPercent),
        write(saturated, formatPercent),
        histogram === undefined ? NONE : `${formatNumber(histogram.low)} … ${formatNumber(histogram.high)}`,
      ];
    }),
  };
}
