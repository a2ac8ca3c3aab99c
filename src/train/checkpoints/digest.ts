import { GradusError } from "../../core/errors.ts";
import { sha256 } from "../../core/host.ts";
import { type Dataset, partsOf } from "../../data/dataset.ts";

/** Rows that are read at a time. */
const ROWS = 4096;

/** SHA-256 of bytes, in hexadecimal.
 *  @throws GradusError `backend-unavailable` in a page that is not served over https or from this machine. */
export async function digestOf(bytes: ArrayBufferView): Promise<string> {
  const digest = await sha256(bytes);
  if (digest !== undefined) return digest;
  throw new GradusError(
    "backend-unavailable",
    "checkpoints need SHA-256, which a page has only over https or from its own machine. Serve the page so.",
  );
}

/** A digest of what the samples are: shapes, classes, names of features, transform and every stored number, in their order. Where they are
 *  stored makes no difference. */
export async function digestOfSamples(dataset: Dataset): Promise<string> {
  const { inputShape, targetShape, targetKind, classes, featureNames, length, transform } = dataset;
  const transforms = Object.entries(transform).map(([name, value]) => [
    name,
    typeof value === "number" ? value : [...(value as Float64Array)],
  ]);
  const head = { inputShape, targetShape, targetKind, classes, featureNames, length, transforms };
  const digests = [await digestOf(new TextEncoder().encode(JSON.stringify(head)))];
  for (let from = 0; from < length; from += ROWS) {
    const { storage } = partsOf(dataset.subset({ from, to: Math.min(length, from + ROWS) }));
    digests.push(await digestOf(storage.inputs), await digestOf(storage.targets));
  }
  return digestOf(new TextEncoder().encode(digests.join("\n")));
}
