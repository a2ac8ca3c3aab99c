import type { Mapping } from "./mapping.ts";

/** What a line covers in each column of pixels, from left to right; downwards, so that `tops` are smaller. NaN in `tops`: the line is broken.
 *  Read the first `length`. */
export interface Columns {
  length: number;
  xs: Float64Array;
  tops: Float64Array;
  bottoms: Float64Array;
}

/** Kept from one line to the next: a chart has hundreds of them. */
const columns: Columns = {
  length: 0,
  xs: new Float64Array(0),
  tops: new Float64Array(0),
  bottoms: new Float64Array(0),
};

/** Puts places together into columns of pixels. A column reaches to the last value of the one before, so that steps are drawn as steps; the
 *  least and the largest value of each are kept, so that a spike is as high as it is.
 *  @returns the same object for each call. */
export function columnsOf(
  xs: Float64Array,
  lows: Float64Array,
  highs: Float64Array,
  lasts: Float64Array,
  first: number,
  end: number,
  map: Pick<Mapping, "x" | "y" | "bottom">,
): Columns {
  const most = end - first;
  if (columns.xs.length < most) {
    columns.xs = new Float64Array(most);
    columns.tops = new Float64Array(most);
    columns.bottoms = new Float64Array(most);
  }
  let column = -1;
  let pixel = Number.NaN;
  let before = Number.NaN;
  for (let place = first; place < end; place++) {
    const last = map.y(lasts[place] ?? Number.NaN);
    const x = Math.floor(map.x(xs[place] ?? 0));
    if (Number.isNaN(last)) {
      before = Number.NaN;
      if (x === pixel) continue;
      column++;
      pixel = x;
      columns.xs[column] = x;
      columns.tops[column] = Number.NaN;
      columns.bottoms[column] = Number.NaN;
      continue;
    }
    const low = map.y(lows[place] ?? Number.NaN);
    // below what a log axis shows
    const bottom = Number.isNaN(low) ? map.bottom : low;
    const top = map.y(highs[place] ?? Number.NaN);
    if (x !== pixel) {
      column++;
      pixel = x;
      columns.xs[column] = x;
      columns.tops[column] = Number.isNaN(before) ? top : Math.min(top, before);
      columns.bottoms[column] = Number.isNaN(before) ? bottom : Math.max(bottom, before);
    } else {
      const [highest = Number.NaN, lowest = Number.NaN] = [columns.tops[column], columns.bottoms[column]];
      columns.tops[column] = top > highest ? highest : top;
      columns.bottoms[column] = bottom < lowest ? lowest : bottom;
    }
    before = last;
  }
  columns.length = column + 1;
  return columns;
}
