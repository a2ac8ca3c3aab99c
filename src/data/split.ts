import { requireArgument } from "../core/errors.ts";
import { COUNT_OR_ZERO, checkOptions, type Fields, FLAG, number } from "../core/fields.ts";
import { identityOrder, shuffleInPlace } from "./permutation.ts";
import { randomStream } from "./random-stream.ts";

export interface SplitOptions {
  /** Fraction of the samples to hold out, in (0, 1), or their number if 1 or more. Default 0.1. */
  readonly validation?: number;
  /** Default 0. */
  readonly seed?: number;
  /** Hold out the same fraction of every class; each keeps at least one training sample. Needs one class label per sample. Default false. */
  readonly stratify?: boolean;
}

const FIELDS: Fields<SplitOptions> = { validation: number(), seed: COUNT_OR_ZERO, stratify: FLAG };

/** Draws the rows to hold out. Both parts are sorted; every row is in exactly one of them.
 *  @param labels the class of every row, if there are labels.
 *  @throws GradusError `bad-argument` if a part would be empty. */
export function splitRows(
  where: string,
  length: number,
  labels: Int32Array | undefined,
  options: SplitOptions,
): { readonly train: Int32Array; readonly validation: Int32Array } {
  checkOptions<SplitOptions>(where, options, FIELDS);
  const { validation = 0.1, seed = 0, stratify = false } = options;
  requireArgument(
    validation > 0 && (validation < 1 || Number.isInteger(validation)),
    `${where}: validation must be a fraction between 0 and 1 or a number of samples, got ${validation}.`,
    { validation },
  );
  requireArgument(
    !stratify || labels !== undefined,
    `${where}: stratify needs one class label per sample, but these targets are values, or several labels each. Remove it.`,
    { stratify },
  );
  const share = validation < 1 ? validation : validation / length;
  const count = validation < 1 ? Math.max(1, Math.round(length * validation)) : validation;
  requireArgument(
    count < length,
    `${where}: holding out ${count} of ${length} samples leaves none to train on. Give a smaller validation part.`,
    { validation, length },
  );
  const stream = randomStream(seed, "split");
  const order = shuffleInPlace(identityOrder(length), stream);
  const held =
    stratify && labels !== undefined ? stratified(where, order, labels, share, count) : order.slice(0, count);
  const isHeld = new Uint8Array(length);
  for (const row of held) isHeld[row] = 1;
  const train = new Int32Array(length - held.length);
  const heldOut = new Int32Array(held.length);
  let taken = 0;
  for (let row = 0; row < length; row++) {
    if (isHeld[row] === 1) heldOut[taken++] = row;
    else train[row - taken] = row;
  }
  return { train, validation: heldOut };
}

/** Walks the drawn order and takes a row until its class has reached its quota. Quotas are rounded down first; the rest goes to the
 *  classes with the largest remainders. Each class keeps a training sample.
 *  @throws GradusError `bad-argument` if too many samples are requested. */
function stratified(where: string, order: Int32Array, labels: Int32Array, share: number, count: number): Int32Array {
  const sizes = new Map<number, number>();
  for (const label of labels) sizes.set(label, (sizes.get(label) ?? 0) + 1);
  const most = labels.length - sizes.size;
  requireArgument(
    count <= most,
    `${where}: holding out ${count} of ${labels.length} samples by class leaves one of the ${sizes.size} classes without training samples. Hold out at most ${most}.`,
    { validation: count, length: labels.length, classes: sizes.size, most },
  );
  const quotas = [...sizes].map(([label, size]) => ({
    label,
    size,
    quota: Math.min(Math.floor(size * share), size - 1),
    rest: (size * share) % 1,
  }));
  quotas.sort((a, b) => b.rest - a.rest || a.label - b.label);
  let missing = count - quotas.reduce((sum, { quota }) => sum + quota, 0);
  while (missing > 0) {
    for (const each of quotas) {
      if (missing === 0 || each.quota === each.size - 1) continue;
      each.quota++;
      missing--;
    }
  }
  const open = new Map(quotas.map(({ label, quota }) => [label, quota]));
  return order.filter((row) => {
    const label = labels[row] as number;
    const left = open.get(label) as number;
    if (left > 0) open.set(label, left - 1);
    return left > 0;
  });
}
