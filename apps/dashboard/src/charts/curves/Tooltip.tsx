import type { ReadonlySignal } from "@preact/signals";
import { palette } from "gradus-parts/base/theme.ts";
import { DASHES } from "../../state/looks.ts";
import type { ChartWords } from "../words.ts";
import { colourOf } from "./draw.ts";
import type { Reading } from "./reading.ts";

/** A reading, and where it is on the chart, in pixels. */
export interface Placed {
  readonly reading: Reading;
  readonly left: number;
  /** Of the chart, from the cursor to the edge at which it stands. */
  readonly room: number;
  /** It stands at the left of the cursor: there is no room at the right. */
  readonly isLeft: boolean;
  readonly dots: readonly { readonly left: number; readonly top: number; readonly colour: string }[];
}

/** Room below which names and ranges do not stand side by side, in pixels. */
const NARROW = 330;

interface TooltipProps {
  readonly placed: ReadonlySignal<Placed | undefined>;
  readonly words: ChartWords;
}

/** The values at the cursor. It takes no room, and no pointer. */
export function Tooltip({ placed, words }: TooltipProps) {
  const shown = placed.value;
  if (shown === undefined) return null;
  const { reading, left, room, isLeft, dots } = shown;
  const colours = palette.value;
  return (
    <div class="curves-over" aria-hidden="true">
      {dots.map((dot, index) => (
        <i
          key={index}
          class="curves-dot"
          style={{ left: `${dot.left}px`, top: `${dot.top}px`, background: dot.colour }}
        />
      ))}
      <div
        class={`curves-tip${isLeft ? " is-left" : ""}${room < NARROW ? " is-narrow" : ""}`}
        style={{ left: `${left}px`, maxWidth: `${room}px` }}
      >
        <p>{reading.position}</p>
        <ul>
          {reading.rows.map(({ key, name, look, value, range }) => (
            <li key={key}>
              <svg width="16" height="8" viewBox="0 0 16 8" aria-hidden="true" focusable="false">
                <path
                  d="M0,4H16"
                  stroke-width="3"
                  stroke={colourOf(colours, look)}
                  stroke-dasharray={(DASHES[look.dash] ?? []).join(" ")}
                />
              </svg>
              <span>{name}</span>
              <b>{value}</b>
              {range !== undefined && <small>{range}</small>}
            </li>
          ))}
        </ul>
        {reading.more > 0 && <p class="curves-more">{words.curves.more(String(reading.more))}</p>}
      </div>
    </div>
  );
}
