/** How a run's curves are drawn: a colour of the palette, and a dash where the colours begin anew. */
export interface Look {
  readonly colour: number;
  readonly dash: number;
}

/** Colours that the style sheet has: --class-0 and so on. */
export const COLOURS = 10;

/** Dashes in CSS pixels; none at first. */
export const DASHES: readonly (readonly number[])[] = [[], [7, 4], [2, 3]];

/** The look of the run that came as the given one. */
export function lookOf(place: number): Look {
  return { colour: place % COLOURS, dash: Math.floor(place / COLOURS) % DASHES.length };
}
