import { spread, type TableData } from "gradus-parts/base/table-data.ts";
import { formatCount, formatNumber } from "gradus-parts/text/numbers.ts";
import type { Axis } from "../../state/settings.ts";
import type { ChartWords } from "../words.ts";
import { nearest } from "./lines.ts";
import type { Picture } from "./picture.ts";
import { formatPosition } from "./position-text.ts";
import { positionName } from "./reading.ts";

/** Positions that the table shows. */
const COLUMNS = 6;
/** Runs that the table shows. */
const ROWS = 200;

/** The numbers of a chart: a row for each run, with what the picture shows of it: ends, values along the way, and what is not finite. */
export function tableOf({ lines, xRange }: Picture, axis: Axis, words: ChartWords): TableData {
  const [from, to] = xRange;
  const longest = lines.reduce<Float64Array>(
    (most, { xs }) => (xs.length > most.length ? xs : most),
    new Float64Array(0),
  );
  const inSight = [...longest].filter((x) => x >= from && x <= to);
  const positions = spread(inSight, COLUMNS);
  const name = positionName(axis, words);
  const reach = (to - from) / 20;
  return {
    titles: [
      words.run,
      words.last,
      words.least,
      words.most,
      words.notFinite,
      ...positions.map((x) => `${name} ${formatPosition(x, axis)}`),
    ],
    rows: lines.slice(0, ROWS).map((line) => {
      const { places, run, oddCount } = line;
      let [least, most, last] = [Infinity, -Infinity, Number.NaN];
      for (let place = 0; place < places.length; place++) {
        const [low = Number.NaN, high = Number.NaN, value = Number.NaN] = [
          places.lows[place],
          places.highs[place],
          places.lasts[place],
        ];
        if (low < least) least = low;
        if (high > most) most = high;
        if (!Number.isNaN(value)) last = value;
      }
      const write = (value: number) => (Number.isFinite(value) ? formatNumber(value) : "–");
      return [
        run.name,
        write(last),
        write(least),
        write(most),
        formatCount(oddCount),
        ...positions.map((x) => {
          const place = nearest(line, x, reach);
          return place === undefined ? "–" : formatNumber(places.lasts[place] ?? Number.NaN);
        }),
      ];
    }),
  };
}
