import { palette } from "gradus-parts/base/theme.ts";
import type { RefObject } from "preact";
import { chartTexts } from "../../text/charts.ts";
import { curveColour, DASH, lineWidth } from "./plot.ts";
import type { CurveName, SeriesKind, Source } from "./sources.ts";

interface LegendProps {
  readonly sources: readonly Pick<Source, "kind" | "network">[];
  readonly what: CurveName;
  readonly isPair: boolean;
  /** Values are written into its items from outside, thirty times a second. */
  readonly list: RefObject<HTMLUListElement | null>;
}

/** The curves' names and looks, with their values at the cursor. */
export function Legend({ sources, what, isPair, list }: LegendProps) {
  const { series } = chartTexts.value.curves;
  palette.value;
  return (
    <ul class="chart-legend curves-legend" ref={list}>
      {sources.map(({ kind, network }) => {
        const name = `${isPair ? `${network === 0 ? "A" : "B"} ` : ""}${series[kind]}`;
        const colour = curveColour(kind, network);
        return (
          <li
            key={`${kind}${network}`}
            data-colour={colour}
            data-name={name}
            data-dash={network === 1 ? "yes" : "no"}
            data-kind={kind}
            data-line={lineWidth(kind, what) > 0 ? "yes" : "no"}
          >
            <Swatch kind={kind} network={network} what={what} colour={colour} />
            <span>{name}</span>
            <b class="curves-value" />
          </li>
        );
      })}
    </ul>
  );
}

interface SwatchProps {
  readonly kind: SeriesKind;
  readonly network: 0 | 1;
  readonly what: CurveName;
  readonly colour: string;
}

function Swatch({ kind, network, what, colour }: SwatchProps) {
  const width = lineWidth(kind, what);
  return (
    <svg width="22" height="10" viewBox="0 0 22 10" aria-hidden="true">
      {width > 0 && (
        <path
          d="M0,5H22"
          stroke={colour}
          stroke-width={width}
          opacity={kind === "raw" ? 0.5 : 1}
          {...(network === 1 ? { "stroke-dasharray": DASH.join(" ") } : {})}
        />
      )}
      {(kind === "train" || kind === "test") && (
        <circle
          cx="11"
          cy="5"
          r="2.6"
          stroke={colour}
          stroke-width="1.5"
          fill={network === 1 ? palette.value.surface : colour}
        />
      )}
    </svg>
  );
}
