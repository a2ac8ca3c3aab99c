import type { Dataset } from "../../src/data/dataset.ts";
import { type RandomStream, randomStream } from "../../src/data/random-stream.ts";
import { moons } from "../../src/data/synthetic/moons.ts";
import { spirals } from "../../src/data/synthetic/spirals.ts";
import { xor } from "../../src/data/synthetic/xor.ts";

/** One sample: its inputs and its targets. */
interface Row {
  readonly x: readonly number[];
  readonly y: readonly number[];
}

/** The number of rows of a set, of validation rows among them, and of decimals. */
interface Layout {
  readonly rows: number;
  readonly held: number;
  readonly decimals?: number;
}

/** Every data set of the folder, as CSV. */
export const DATA_SETS = {
  /** Two half moons, 2 features. */
  moons: () => planar(moons({ samples: 500, noise: 0.15, seed: 1 })),
  /** The same with one label in five flipped: no classifier exceeds about 80 %. */
  "noisy-moons": () => planar(moons({ samples: 600, noise: 0.15, seed: 2 }), 0.2),
  /** Exclusive or: not linearly separable. */
  xor: () => planar(xor({ samples: 400, noise: 0.35, seed: 3 })),
  /** Three arms of a spiral. */
  spirals: () => planar(spirals({ samples: 600, classes: 3, turns: 0.8, noise: 0.03, seed: 4 })),
  /** Five Gaussian clouds in 8 dimensions. */
  clouds: () => drawn(5, { rows: 500, held: 150 }, clouds(5, 8, 1.6)),
  /** Features of a table in their own units: years, money, shares, metres. Half of the information is in the small ones. */
  survey: () => drawn(6, { rows: 400, held: 120 }, survey),
  /** Friedman's first function of 10 uniform numbers; about 14 on average. */
  friedman: () => drawn(7, { rows: 400, held: 120 }, friedman(0.5)),
  /** The same with more noise, and 50 samples to learn from. */
  "friedman-few": () => drawn(8, { rows: 200, held: 150 }, friedman(3)),
  /** A smooth value between -2 and 2 of 3 features. */
  saddle: () => drawn(9, { rows: 450, held: 150 }, saddle),
  /** A value of about 1000 ± 30 of 4 features. */
  level: () => drawn(10, { rows: 400, held: 120 }, level),
  /** Sine, square and sawtooth waves over 30 steps with any phase and noise. */
  waves: () => drawn(11, { rows: 255, held: 75, decimals: 1 }, wave),
  /** The first of 50 steps determines the class; all others are noise. */
  "first-of-50": () => drawn(12, { rows: 150, held: 50, decimals: 1 }, firstOf(50)),
  /** Four independent labels, of 8 features. */
  tags: () => drawn(13, { rows: 340, held: 110 }, tags),
  /** One sample in ten is of the positive class; 6 features. */
  rare: () => drawn(14, { rows: 360, held: 120 }, rare),
  /** 5 features around 4 with a deviation of 2: not standardised, but harmless. */
  offset: () => drawn(15, { rows: 380, held: 120 }, offset),
  /** Clouds with random labels. */
  lottery: () => drawn(16, { rows: 260, held: 80 }, lottery),
  /** Only one class was ever recorded. */
  monotone: () => drawn(17, { rows: 200, held: 60 }, monotone),
  /** A sensor that was unplugged. */
  unplugged: () => drawn(18, { rows: 200, held: 60 }, unplugged),
  /** Clouds whose classes are counted from 1. */
  "from-one": () => drawn(20, { rows: 150, held: 50 }, fromOne),
  /** Clouds in which one number in a hundred is missing. */
  gaps: () => drawn(21, { rows: 200, held: 60 }, gaps),
  /** 60 samples of 12 features, of which 3 matter. */
  handful: () => drawn(19, { rows: 210, held: 150 }, handful),
} satisfies Record<string, () => string>;

export type DataSetName = keyof typeof DATA_SETS;

type Draw = (stream: RandomStream, row: number) => Row;

function drawn(seed: number, { rows, held, decimals = 2 }: Layout, draw: Draw): string {
  const stream = randomStream(seed, "synthetic");
  return toCsv(
    Array.from({ length: rows }, (_, row) => draw(stream, row)),
    held,
    decimals,
  );
}

/** One of our data sets, shuffled, with a share of the labels flipped. */
function planar(dataset: Dataset, turned = 0): string {
  const { inputs, targets } = dataset.shuffle(0).toArrays();
  const stream = randomStream(99, "synthetic");
  const rows = Array.from({ length: dataset.length }, (_, row): Row => {
    const label = targets.data[row] as number;
    const isTurned = turned > 0 && stream.uniform() < turned;
    return { x: [...inputs.data.slice(2 * row, 2 * row + 2)], y: [isTurned ? 1 - label : label] };
  });
  return toCsv(rows, Math.round(dataset.length * 0.3), 3);
}

/** The last rows are for validation. */
function toCsv(rows: readonly Row[], held: number, decimals: number): string {
  const { x = [], y = [] } = rows[0] ?? {};
  const header = [...x.map((_, i) => `x${i}`), ...y.map((_, i) => `y${i}`), "split"].join(",");
  const written = (value: number) => (Number.isNaN(value) ? "" : String(Number(value.toFixed(decimals))));
  const lines = rows.map((row, index) => {
    const split = index < rows.length - held ? "train" : "validation";
    return [...row.x.map(written), ...row.y.map((value) => String(Number(value.toFixed(2)))), split].join(",");
  });
  return `${[header, ...lines].join("\n")}\n`;
}

const normals = (stream: RandomStream, count: number) => Array.from({ length: count }, () => stream.normal());

/** Clouds around centres at about `distance` from 0. */
function clouds(classes: number, features: number, distance: number): Draw {
  const places = randomStream(1000 + features, "synthetic");
  const middles = Array.from({ length: classes }, () =>
    normals(places, features).map((value) => (distance * value) / Math.sqrt(2)),
  );
  return (stream, row) => {
    const label = row % classes;
    const middle = middles[label] as readonly number[];
    return { x: normals(stream, features).map((value, i) => value + (middle[i] as number)), y: [label] };
  };
}

const survey: Draw = (stream) => {
  const [age, income, share, rooms, distance, score] = normals(stream, 6) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const hidden = share * rooms + 0.8 * score + 0.5 * age - 0.5 * income + 0.3 * distance;
  return {
    x: [45 + 14 * age, 52000 + 17000 * income, 0.4 + 0.1 * share, 3.2 + 1.1 * rooms, 800 + 350 * distance, 0.1 * score],
    y: [hidden < -0.6 ? 0 : hidden < 0.6 ? 1 : 2],
  };
};

function friedman(noise: number): Draw {
  return (stream) => {
    const x = Array.from({ length: 10 }, () => stream.uniform());
    const [a, b, c, d, e] = x as [number, number, number, number, number];
    return { x, y: [10 * Math.sin(Math.PI * a * b) + 20 * (c - 0.5) ** 2 + 10 * d + 5 * e + stream.normal(noise)] };
  };
}

const saddle: Draw = (stream) => {
  const [a, b, c] = [stream.uniform(-1, 1), stream.uniform(-1, 1), stream.uniform(-1, 1)];
  return { x: [a, b, c], y: [a * a - b * b + Math.sin(3 * c) * a + stream.normal(0.05)] };
};

const level: Draw = (stream) => {
  const x = normals(stream, 4);
  const [a, b, c, d] = x as [number, number, number, number];
  return { x, y: [1000 + 30 * Math.tanh(a + b) + 15 * c * d + stream.normal(3)] };
};

const SHAPES: readonly ((angle: number) => number)[] = [
  Math.sin,
  (angle) => Math.sign(Math.sin(angle)),
  (angle) => 2 * ((angle / (2 * Math.PI)) % 1) - 1,
];

const wave: Draw = (stream, row) => {
  const label = row % 3;
  const shape = SHAPES[label] as (angle: number) => number;
  const [phase, speed] = [stream.uniform(0, 2 * Math.PI), stream.uniform(0.5, 0.8)];
  return { x: Array.from({ length: 30 }, (_, t) => shape(phase + speed * t) + stream.normal(0.1)), y: [label] };
};

function firstOf(steps: number): Draw {
  return (stream, row) => {
    const label = row % 2;
    const first = label === 0 ? -1 : 1;
    return { x: [first, ...Array.from({ length: steps - 1 }, () => stream.normal(0.3))], y: [label] };
  };
}

const tags: Draw = (stream) => {
  const x = normals(stream, 8);
  const [a, b, c, d, e, f] = x as [number, number, number, number, number, number];
  return { x, y: [a + b, a * c, d - 0.5 * e + 0.5, Math.abs(f) - 0.7].map((each) => (each > 0 ? 1 : 0)) };
};

const rare: Draw = (stream) => {
  const isRare = stream.uniform() < 0.1;
  return { x: normals(stream, 6).map((value, i) => value + (isRare && i < 3 ? 2.2 : 0)), y: [isRare ? 1 : 0] };
};

const offset: Draw = (stream) => {
  const x = normals(stream, 5);
  const [a, b, c] = x as [number, number, number];
  return { x: x.map((value) => 4 + 2 * value), y: [a * b + c > 0 ? 1 : 0] };
};

const lottery: Draw = (stream, row) => ({ x: clouds(4, 6, 2)(stream, row).x, y: [stream.below(4)] });

const fromOne: Draw = (stream, row) => ({ x: clouds(3, 4, 2)(stream, row).x, y: [1 + (row % 3)] });

const gaps: Draw = (stream, row) => {
  const { x, y } = clouds(3, 5, 2)(stream, row);
  return { x: x.map((value) => (stream.uniform() < 0.01 ? Number.NaN : value)), y };
};

const monotone: Draw = (stream) => ({ x: normals(stream, 4), y: [1] });

const unplugged: Draw = (stream) => ({ x: [0.5, 0.5, 0.5, 0.5], y: [stream.below(2)] });

const handful: Draw = (stream) => {
  const x = normals(stream, 12);
  const [a, b, c] = x as [number, number, number];
  return { x, y: [a - b + 0.7 * c + stream.normal(0.7) > 0 ? 1 : 0] };
};
