import type { EpochRecord } from "../record.ts";
import type { Part, Point, Series } from "./series.ts";
import { normOf } from "./series.ts";

/** The curves of a log that are used; the others repeat them. */
export interface Curves {
  /** By step, or undefined if the log has only epochs. */
  readonly steps?: Series | undefined;
  readonly epochs?: Series | undefined;
  readonly validation?: Series | undefined;
  readonly trainAccuracy?: Series | undefined;
  readonly validationAccuracy?: Series | undefined;
}

/** With more training points than this per validation point, they count as single steps. */
const STEPS_A_VALIDATION = 1.5;

/** Chooses among the series of a log: the one with most points; for values by epoch, those named "epoch" first. */
export function chooseCurves(series: readonly Series[], isByEpoch: boolean): Curves {
  const all = (kind: "loss" | "accuracy", part: Part, per?: "step" | "epoch") =>
    series.filter(
      ({ meaning, points }) =>
        meaning?.kind === kind &&
        meaning.part === part &&
        points.length > 0 &&
        (per === undefined || meaning.per === per),
    );
  const longest = (list: readonly Series[]) =>
    list.reduce<Series | undefined>(
      (best, each) => (each.points.length > (best?.points.length ?? 0) ? each : best),
      undefined,
    );
  const byEpoch = (kind: "loss" | "accuracy", part: Part) =>
    longest(all(kind, part, "epoch")) ?? longest(all(kind, part));
  const validation = byEpoch("loss", "validation") ?? byEpoch("loss", "test");
  const plain = longest(
    all("loss", "train").filter(
      ({ meaning }) => !("per" in (meaning ?? {})) || (meaning as { per?: string }).per === undefined,
    ),
  );
  const lossByEpoch = longest(all("loss", "train", "epoch"));
  const single = longest(all("loss", "train", "step"));
  const isPlainByEpoch =
    isByEpoch ||
    (plain !== undefined &&
      validation !== undefined &&
      plain.points.length <= STEPS_A_VALIDATION * validation.points.length);
  return {
    steps: single ?? (isPlainByEpoch ? undefined : plain),
    epochs: lossByEpoch ?? (isPlainByEpoch ? plain : undefined),
    validation,
    trainAccuracy: byEpoch("accuracy", "train"),
    validationAccuracy: byEpoch("accuracy", "validation") ?? byEpoch("accuracy", "test"),
  };
}

/** Epochs of the log: from training losses by epoch, else from validation, else from the epoch numbers. */
export function epochsOf({
  steps,
  epochs,
  validation,
  trainAccuracy,
  validationAccuracy,
}: Curves): readonly EpochRecord[] {
  const ends = endsOf(
    epochs?.points ?? validation?.points ?? validationAccuracy?.points ?? trainAccuracy?.points,
    steps?.points ?? [],
  );
  const trainLosses = aligned(ends, epochs?.points);
  const means = meansBefore(ends, steps?.points ?? []);
  const [validationLosses, trainAccuracies, validationAccuracies] = [validation, trainAccuracy, validationAccuracy].map(
    (each) => aligned(ends, each?.points),
  ) as [Aligned, Aligned, Aligned];
  return ends.map(({ step, epoch }, index) => ({
    epoch: epoch ?? index + 1,
    step,
    trainLoss: trainLosses[index] ?? means[index] ?? Number.NaN,
    validationLoss: validationLosses[index],
    trainAccuracy: trainAccuracies[index],
    validationAccuracy: validationAccuracies[index],
  }));
}

type Aligned = readonly (number | undefined)[];

type End = Pick<Point, "step" | "epoch">;

/** Ends of epochs. Without curves by epoch: the last step of each epoch number among the points. */
function endsOf(curve: readonly Point[] | undefined, steps: readonly Point[]): readonly End[] {
  if (curve !== undefined) return curve;
  const last = new Map<number, End>();
  for (const { step, epoch } of steps) if (epoch !== undefined) last.set(epoch, { step, epoch });
  return [...last.values()];
}

/** The value that belongs to each end: by epoch number; in order if there are equally many; else the last one since the previous
 *  end. */
function aligned(ends: readonly End[], points: readonly Point[] | undefined): Aligned {
  if (points === undefined) return ends.map(() => undefined);
  const number = ({ value }: Point) => (typeof value === "number" ? value : normOf(value));
  const numbered = new Map(points.map((point) => [point.epoch, number(point)]));
  const areNumbered =
    !numbered.has(undefined) && numbered.size === points.length && ends.every(({ epoch }) => epoch !== undefined);
  if (areNumbered) return ends.map(({ epoch }) => numbered.get(epoch));
  if (points.length === ends.length) return points.map(number);
  return ends.map(({ step }, index) => {
    const before = ends[index - 1]?.step ?? Number.NEGATIVE_INFINITY;
    const inside = points.findLast((point) => point.step > before && point.step <= step);
    return inside && number(inside);
  });
}

/** Mean of the losses of the steps since the previous end; if there are none, the last known mean. */
function meansBefore(ends: readonly End[], points: readonly Point[]): Aligned {
  let from = 0;
  let known: number | undefined;
  return ends.map(({ step }) => {
    let [sum, count] = [0, 0];
    for (; from < points.length && (points[from] as Point).step <= step; from++) {
      sum += (points[from] as Point).value as number;
      count++;
    }
    if (count > 0) known = sum / count;
    return known;
  });
}
