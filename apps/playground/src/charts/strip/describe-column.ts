import { formatCount, formatNumber, formatPercent } from "gradus-parts/text/numbers.ts";
import type { Block } from "../../config/config.ts";
import type { NetworkHistory } from "../../state/history.ts";
import type { ChartTexts } from "../../text/charts-texts.ts";
import type { Column, ColumnValues } from "./columns.ts";
import { describeBlock, namePart } from "./describe.ts";

/** "Layer 7: dense, 100 units, sigmoid". */
export function titleOf({ part, outputShape }: Column, blocks: readonly Block[], texts: ChartTexts): string {
  const block = typeof part === "number" ? blocks[part] : undefined;
  const name = namePart(part, texts);
  if (block !== undefined) return `${name}: ${describeBlock(block, texts)}`;
  return outputShape === undefined ? name : `${name}: ${outputShape.join(" × ")}`;
}

/** "Gradient norm 3.2 × 10⁻⁹ · Dead 0%", of what was measured.
 *  @param format of numbers; for speech, a plain one. */
export function valuesOf(values: ColumnValues, texts: ChartTexts, format = formatNumber): readonly string[] {
  const { measures } = texts;
  const parts: readonly (readonly [name: string, value: number | undefined, format: (value: number) => string])[] = [
    [measures.gradientNorm.name, values.gradientNorm, format],
    [measures.dead.name, values.dead, formatPercent],
    [measures.saturated.name, values.saturated, formatPercent],
    [measures.updateRatio.name, values.updateRatio, format],
    [measures.weightNorm.name, values.weightNorm, format],
  ];
  return parts.flatMap(([name, value, write]) => (value === undefined ? [] : [`${name}\u00a0${write(value)}`]));
}

/** A sentence on the whole network. */
export function summaryOf(
  { failure }: Pick<NetworkHistory, "failure">,
  columns: readonly Column[],
  values: readonly ColumnValues[],
  broken: number | undefined,
  texts: ChartTexts,
): string {
  const { strip } = texts;
  const layers = formatCount(columns.length - 2);
  if (failure !== undefined) {
    const column = columns[broken ?? -1];
    const layer = column === undefined ? (failure.layer ?? texts.curves.names.loss) : namePart(column.part, texts);
    return strip.broke(layer, failure.tensor, formatCount(failure.step));
  }
  const norms = values.flatMap(({ gradientNorm }) => (gradientNorm === undefined ? [] : [gradientNorm]));
  const [lowest, highest] = [norms[0], norms.at(-1)];
  if (lowest === undefined || highest === undefined) return strip.waiting(layers);
  return strip.summary(layers, formatNumber(lowest), formatNumber(highest));
}
