import type { ChartTexts } from "../../text/charts-texts.ts";
import { ROWS, type RowName, TITLE_HEIGHT } from "./rows.ts";

interface RowTitlesProps {
  readonly texts: ChartTexts;
}

/** A swatch of the legend: its class in the style sheet, and its name. */
type Swatch = readonly [kind: string, name: string];

/** Titles above the rows, with legends. They stand still while the columns scroll. */
export function RowTitles({ texts }: RowTitlesProps) {
  return (
    <div class="strip-titles">
      {ROWS.map(({ name, top }) => {
        const { name: title, hint } = nameOf(name, texts);
        return (
          <div class="strip-title" key={name} style={{ top: `${top - TITLE_HEIGHT}px`, height: `${TITLE_HEIGHT}px` }}>
            <span class="strip-title-name" title={hint}>
              {title}
            </span>
            <span class="strip-legend">
              {swatchesOf(name, texts).map(([kind, word]) => (
                <span class="strip-legend-item" key={kind}>
                  <i class={`swatch swatch-${kind}`} aria-hidden="true" />
                  {word}
                </span>
              ))}
            </span>
          </div>
        );
      })}
    </div>
  );
}

function nameOf(row: RowName, { measures, activations, shares }: ChartTexts) {
  return { gradientNorm: measures.gradientNorm, activations, shares, updateRatio: measures.updateRatio }[row];
}

function swatchesOf(row: RowName, texts: ChartTexts): readonly Swatch[] {
  const swatches: Readonly<Record<RowName, readonly Swatch[]>> = {
    gradientNorm: [
      ["usual", texts.usual],
      ["vanishing", texts.tooSmall],
      ["exploding", texts.tooLarge],
    ],
    activations: [],
    shares: [
      ["dead", texts.measures.dead.name],
      ["saturated", texts.measures.saturated.name],
    ],
    updateRatio: [["line", texts.usual]],
  };
  return swatches[row];
}
