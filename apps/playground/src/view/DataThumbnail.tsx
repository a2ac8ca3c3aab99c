import type { DataName } from "../config/config.ts";

/** A fixed, uneven sequence in 0 to 1: the pictures are always the same. */
const wobble = (index: number) => (index * 0.618_033_988_75) % 1;

type Point = readonly [x: number, y: number];

/** n points of a curve in the square from 0 to 40. */
const along = (count: number, at: (share: number, index: number) => Point): readonly Point[] =>
  Array.from({ length: count }, (_, index) => at(index / count, index));

const around = (centre: Point, radius: number, count: number) =>
  along(count, (_, index) => {
    const angle = 2.4 * index;
    const far = radius * Math.sqrt(wobble(index + 1));
    return [centre[0] + far * Math.cos(angle), centre[1] + far * Math.sin(angle)];
  });

const spiral = (turn: number) =>
  along(20, (share) => {
    const angle = turn + share * 7;
    return [20 + (2 + 15 * share) * Math.cos(angle), 20 + (2 + 15 * share) * Math.sin(angle)];
  });

const arc = (x: number, y: number, start: number) =>
  along(16, (share) => [x + 10 * Math.cos(start + share * 3.3), y + 11 * Math.sin(start + share * 3.3)]);

/** Points of two classes. */
const CLOUDS: Readonly<Partial<Record<DataName, readonly [readonly Point[], readonly Point[]]>>> = {
  circles: [
    around([20, 20], 7, 16),
    along(26, (share, index) => {
      const far = 14 + 3 * wobble(index);
      return [20 + far * Math.cos(6.283 * share), 20 + far * Math.sin(6.283 * share)];
    }),
  ],
  moons: [arc(15, 22, Math.PI), arc(25, 18, 0)],
  spirals: [spiral(0), spiral(Math.PI)],
  blobs: [around([12, 27], 8, 22), around([28, 13], 8, 22)],
  xor: [
    [...around([11, 11], 7, 12), ...around([29, 29], 7, 12)],
    [...around([29, 11], 7, 12), ...around([11, 29], 7, 12)],
  ],
};

/** Outlines of data that are no points. */
const OUTLINES: Readonly<Partial<Record<DataName, string>>> = {
  mnist: "M12 10h16L19 31",
  "fashion-mnist": "M15 9 7 13l3 7 3-1v13h14V19l3 1 3-7-8-4c-1 4-9 4-10 0z",
  adding: "M6 31v-9M12 31v-16M18 31v-6M24 31v-20M30 31v-11M36 31v-7M10.5 36h3M22.5 36h3",
  sine: "M4 20c4-14 8-14 12 0s8 14 12 0 6-11 8-9",
};

const dots = (points: readonly Point[]) => points.map(([x, y]) => `M${x.toFixed(1)} ${y.toFixed(1)}h0`).join("");

const DRAWN = new Map(
  Object.entries(CLOUDS).map(([name, [first, second]]) => [name, { first: dots(first), second: dots(second) }]),
);

/** Decoration: what the data look like. */
export function DataThumbnail({ name }: { readonly name: DataName }) {
  const cloud = DRAWN.get(name);
  return (
    <svg class="thumbnail-picture" viewBox="0 0 40 40" width="40" height="40" aria-hidden="true" focusable="false">
      {cloud === undefined ? (
        <path class="outline" d={OUTLINES[name] ?? ""} />
      ) : (
        <>
          <path class="class-0" d={cloud.first} />
          <path class="class-1" d={cloud.second} />
        </>
      )}
    </svg>
  );
}
