import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { batches } from "../../../src/data/batches.ts";
import { fromArrays } from "../../../src/data/from-arrays.ts";
import { type AugmentConfig, createAugment } from "../../../src/data/images/augment.ts";
import { mover } from "../../../src/data/images/move.ts";
import { failure } from "../errors.ts";

type Item = AugmentConfig | AugmentConfig["type"];

const counting = (length: number) => Float32Array.from({ length }, (_, i) => i + 1);

/** The result for one image in each of many epochs. */
function drawn(item: Item, shape: readonly number[], picture: Float32Array, epochs = 400, seed = 3): Float32Array[] {
  const augment = createAugment([item], shape, seed);
  return Array.from({ length: epochs }, (_, epoch) => {
    const copy = picture.slice();
    augment(copy, [0], 1, epoch);
    return copy;
  });
}

const share = <T>(list: readonly T[], test: (each: T) => boolean) => list.filter(test).length / list.length;

describe("flip", () => {
  const picture = counting(2 * 2 * 3);

  test("horizontally, by hand, each channel separately", () => {
    for (const flipped of drawn({ type: "flip", probability: 1 }, [2, 2, 3], picture, 5)) {
      assert.deepEqual([...flipped], [3, 2, 1, 6, 5, 4, 9, 8, 7, 12, 11, 10]);
    }
  });

  test("vertically, by hand", () => {
    const config = { type: "flip", direction: "vertical", probability: 1 } as const;
    for (const flipped of drawn(config, [2, 2, 3], picture, 5)) {
      assert.deepEqual([...flipped], [4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9]);
    }
  });

  test("half of the images, or the requested fraction", () => {
    const isFlipped = (copy: Float32Array) => copy[0] === 3;
    // standard deviation of the fraction for 400: 0.025
    assert.ok(Math.abs(share(drawn("flip", [2, 2, 3], picture), isFlipped) - 0.5) < 0.08);
    assert.ok(Math.abs(share(drawn({ type: "flip", probability: 0.1 }, [2, 2, 3], picture), isFlipped) - 0.1) < 0.05);
    assert.equal(share(drawn({ type: "flip", probability: 0 }, [2, 2, 3], picture), isFlipped), 0);
  });
});

describe("moving", () => {
  const moved = (fill: number | "edge" | "reflect", down: number, right: number) => {
    const images = counting(9);
    mover({ channels: 1, height: 3, width: 3 }, fill)(images, 0, down, right);
    return [...images];
  };

  test("by hand: filled with a value, the edge or the mirrored image", () => {
    assert.deepEqual(moved(0, 1, 0), [0, 0, 0, 1, 2, 3, 4, 5, 6]);
    assert.deepEqual(moved(-1, 0, -2), [3, -1, -1, 6, -1, -1, 9, -1, -1]);
    assert.deepEqual(moved("edge", 1, 1), [1, 1, 2, 1, 1, 2, 4, 4, 5]);
    assert.deepEqual(moved("reflect", 1, 0), [4, 5, 6, 1, 2, 3, 4, 5, 6]);
    assert.deepEqual(moved("reflect", 0, -2), [3, 2, 1, 6, 5, 4, 9, 8, 7]);
    assert.deepEqual(moved(0, 0, 0), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  });

  /** The new position of the single bright pixel of a 5 x 5 image; undefined if it left the image. */
  const places = (item: Item) => {
    const picture = new Float32Array(25);
    picture[12] = 1;
    const counts = new Map<number, number>();
    for (const copy of drawn(item, [1, 5, 5], picture, 5000)) {
      const place = copy.indexOf(1);
      counts.set(place, (counts.get(place) ?? 0) + 1);
    }
    return counts;
  };

  test("shift and crop: every position within reach, equally often", () => {
    const reached = [6, 7, 8, 11, 12, 13, 16, 17, 18];
    const items: readonly Item[] = [
      { type: "shift", maximum: 1 },
      { type: "shift", maximum: 0.2 },
      { type: "crop", padding: 1 },
    ];
    for (const item of items) {
      const counts = places(item);
      assert.deepEqual(
        [...counts.keys()].sort((a, b) => a - b),
        reached,
      );
      const expected = 5000 / 9;
      const chiSquare = [...counts.values()].reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
      // 8 degrees of freedom: 26.1 is exceeded once in a thousand; the seed is fixed
      assert.ok(chiSquare < 26.1, `${JSON.stringify(item)}: chi-square ${chiSquare}`);
    }
  });
});

describe("cutout", () => {
  test("a square in all channels, by hand: uniform centre, clipped at the border", () => {
    const picture = new Float32Array(2 * 4 * 4).fill(1);
    const corners = new Set<string>();
    for (const copy of drawn({ type: "cutout", size: 2, fill: 9 }, [2, 4, 4], picture, 500)) {
      assert.deepEqual([...copy.subarray(0, 16)], [...copy.subarray(16)]);
      const cut = [...copy.subarray(0, 16).keys()].filter((i) => copy[i] === 9);
      const rows = new Set(cut.map((i) => Math.floor(i / 4)));
      const columns = new Set(cut.map((i) => i % 4));
      assert.equal(cut.length, rows.size * columns.size);
      // centre y covers rows y - 1 and y: only row 0 if y is 0
      assert.ok(rows.size === 2 || (rows.size === 1 && rows.has(0)));
      corners.add(`${[...rows]};${[...columns]}`);
    }
    assert.equal(corners.size, 16, "one of sixteen centres was never drawn");
  });

  test("the requested number of squares", () => {
    const picture = new Float32Array(64).fill(1);
    const counts = drawn({ type: "cutout", size: 1, count: 3 }, [1, 8, 8], picture, 50).map(
      (copy) => copy.filter((value) => value === 0).length,
    );
    assert.equal(Math.max(...counts), 3);
  });
});

describe("values", () => {
  test("noise: mean 0, the requested deviation, normal tails, different for each pixel", () => {
    const [noisy] = drawn({ type: "noise", deviation: 2 }, [3, 100, 100], new Float32Array(30_000), 1);
    const values = [...(noisy as Float32Array)];
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    const fourth = values.reduce((sum, value) => sum + (value - mean) ** 4, 0) / values.length / variance ** 2;
    // five deviations of each estimate
    assert.ok(Math.abs(mean) < 0.06, `mean ${mean}`);
    assert.ok(Math.abs(variance - 4) < 0.17, `variance ${variance}`);
    assert.ok(Math.abs(fourth - 3) < 0.15, `fourth moment ${fourth}`);
    const within = (limit: number) => share(values, (value) => Math.abs(value) < 2 * limit);
    assert.ok(
      Math.abs(within(1) - 0.6827) < 0.014 && Math.abs(within(2) - 0.9545) < 0.006,
      `${within(1)}, ${within(2)}`,
    );
    const neighbours =
      values.slice(1).reduce((sum, value, i) => sum + value * (values[i] as number), 0) / values.length;
    assert.ok(Math.abs(neighbours) < 0.12, `neighbours ${neighbours}`);
    const odd = drawn({ type: "noise", deviation: 1 }, [1, 1, 3], new Float32Array(3), 1)[0] as Float32Array;
    assert.equal(new Set(odd).size, 3);
  });

  test("brightness is one factor, contrast keeps the mean", () => {
    const picture = Float32Array.of(1, 2, 3, 6);
    const factors = drawn({ type: "brightness", maximum: 0.5 }, [1, 2, 2], picture).map((copy) => {
      const [factor = 0] = copy;
      copy.forEach((value, i) => {
        assert.ok(Math.abs(value - factor * (picture[i] as number)) < 1e-6);
      });
      return factor;
    });
    assert.ok(Math.min(...factors) >= 0.5 && Math.min(...factors) < 0.52);
    assert.ok(Math.max(...factors) <= 1.5 && Math.max(...factors) > 1.48);
    for (const copy of drawn({ type: "contrast", maximum: 1 }, [1, 2, 2], picture)) {
      const factor = ((copy[3] as number) - 3) / 3;
      assert.ok(factor > -1e-6 && factor <= 2);
      copy.forEach((value, i) => {
        assert.ok(Math.abs(value - 3 - factor * ((picture[i] as number) - 3)) < 1e-5);
      });
    }
  });
});

const everything: readonly Item[] = [
  "flip",
  { type: "crop", padding: 1, fill: "reflect" },
  { type: "shift", maximum: 0.3, fill: "edge", probability: 0.7 },
  { type: "noise", deviation: 0.1 },
  { type: "cutout", size: 2 },
  { type: "brightness", maximum: 0.3 },
  { type: "contrast", maximum: 0.3 },
];

describe("seeds", () => {
  const pictures = fromArrays({
    inputs: Float32Array.from({ length: 23 * 16 }, (_, i) => Math.sin(i)),
    inputShape: [1, 4, 4],
    targets: Int32Array.from({ length: 23 }, (_, i) => i),
  });

  /** Each sample's image, by row. */
  function seen(epoch: number, options: { batchSize: number; shuffle: boolean; seed?: number }): Map<number, string> {
    const augment = createAugment(everything, [1, 4, 4], options.seed ?? 5);
    const found = new Map<number, string>();
    for (const batch of batches(pictures, { ...options, epoch, augment })) {
      batch.rows.forEach((row, i) => {
        found.set(row, batch.inputs.subarray(16 * i, 16 * i + 16).join());
      });
    }
    return new Map([...found].sort(([a], [b]) => a - b));
  }

  test("the same seed, epoch and sample give the same image for any batch size and order", () => {
    const first = seen(2, { batchSize: 23, shuffle: false });
    assert.equal(first.size, 23);
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 23 }), fc.boolean(), (batchSize, shuffle) => {
        assert.deepEqual(seen(2, { batchSize, shuffle }), first);
      }),
      { numRuns: 20 },
    );
  });

  test("other seeds, epochs and samples give other images", () => {
    const all = [seen(0, { batchSize: 4, shuffle: true }), seen(1, { batchSize: 4, shuffle: true })];
    all.push(seen(0, { batchSize: 4, shuffle: true, seed: 6 }));
    assert.equal(new Set(all.flatMap((each) => [...each.values()])).size, 3 * 23);
    const alike = new Float32Array(16 * 50).fill(1);
    createAugment(everything, [1, 4, 4])(alike, [...Array(50).keys()], 50, 0);
    assert.equal(new Set(Array.from({ length: 50 }, (_, i) => alike.subarray(16 * i, 16 * i + 16).join())).size, 50);
  });

  test("the dataset itself stays unchanged", () => {
    const before = pictures.toArrays().inputs.data;
    seen(0, { batchSize: 5, shuffle: true });
    assert.deepEqual(pictures.toArrays().inputs.data, before);
  });
});

describe("mistakes", () => {
  const refused =
    (list: unknown, shape: readonly number[] = [3, 8, 8]) =>
    () =>
      createAugment(list as Item[], shape);

  test("inputs that are not images", () => {
    assert.throws(refused(["flip"], [784]), failure("bad-argument", { shape: [784] }));
    assert.throws(refused(["flip"], [2, 3, 4, 5]), failure("bad-argument"));
    createAugment(["flip"], [28, 28]);
  });

  test("names and fields that do not exist, with the nearest", () => {
    assert.throws(refused(["filp"]), failure("unknown-field", { suggestion: "flip" }));
    assert.throws(refused(["toString"]), failure("unknown-field"));
    assert.throws(refused([{ type: "crop", pading: 4 }]), failure("unknown-field", { suggestion: "padding" }));
    assert.throws(refused([{ padding: 4 }]), failure("unknown-field"));
  });

  test("values out of range, with the place in the list", () => {
    const bad: readonly (readonly [object, string])[] = [
      [{ type: "flip", probability: 2 }, "probability"],
      [{ type: "flip", direction: "diagonal" }, "direction"],
      [{ type: "shift", maximum: 1.5 }, "maximum"],
      [{ type: "shift", maximum: -1 }, "maximum"],
      [{ type: "crop", padding: 1.5 }, "padding"],
      [{ type: "crop" }, "padding"],
      [{ type: "crop", padding: 1, fill: "mirror" }, "fill"],
      [{ type: "noise", deviation: 0 }, "deviation"],
      [{ type: "cutout", size: 0 }, "size"],
      [{ type: "brightness", maximum: 2 }, "maximum"],
    ];
    for (const [item, name] of bad) {
      const where = `augment.1 (${(item as { type: string }).type})`;
      assert.throws(refused(["flip", item]), failure("bad-argument", { name, where }), JSON.stringify(item));
    }
    assert.throws(refused([{ type: "crop", padding: 8 }]), failure("bad-argument", { padding: 8 }));
    assert.throws(refused([{ type: "shift", maximum: 8 }]), failure("bad-argument", { maximum: 8 }));
    assert.throws(refused([{ type: "cutout", size: 16 }]), failure("bad-argument", { size: 16 }));
    assert.throws(refused("flip"), failure("bad-argument"));
    assert.throws(refused([3]), failure("bad-argument"));
  });
});
