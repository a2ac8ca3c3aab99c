import { describe, isRecord } from "../core/describe.ts";
import type { HostArray } from "../core/dtype.ts";
import { GradusError, requireArgument } from "../core/errors.ts";
import { DEEPEST_JSON, parseJson } from "../core/json.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

/** Any JSON value. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Named arrays (parameters, moments, running statistics) and the rest of a run's state: model, epoch, options. */
export interface Checkpoint {
  readonly arrays: ReadonlyMap<string, HostArray>;
  readonly metadata: Json;
}

const FORMAT = "gradus-checkpoint";
const VERSION = 1;

/** One safetensors file: any reader of that format sees the arrays; the metadata is JSON under `__metadata__.gradus`.
 *  @throws GradusError `bad-argument` for metadata that JSON cannot represent: undefined, functions, NaN, infinity. */
export function encodeCheckpoint(checkpoint: Checkpoint): Uint8Array {
  requireArgument(
    isRecord(checkpoint),
    `encodeCheckpoint: expected a checkpoint { arrays, metadata }, got ${describe(checkpoint)}.`,
  );
  const { arrays, metadata } = checkpoint;
  requireJson(metadata, "metadata", 0);
  return encodeSafetensors(arrays, {
    metadata: { format: FORMAT, version: String(VERSION), gradus: JSON.stringify(metadata) },
  });
}

/** @param file name for error messages.
 *  @throws GradusError `bad-data` if it is not a checkpoint or has a later version; see `decodeSafetensors` for damage. */
export function decodeCheckpoint(bytes: Uint8Array, file = "checkpoint"): Checkpoint {
  const { arrays, metadata } = decodeSafetensors(bytes, file);
  if (metadata.format !== FORMAT || !Object.hasOwn(metadata, "gradus") || metadata.gradus === undefined) {
    throw new GradusError(
      "bad-data",
      `${file}: a safetensors file, but not a checkpoint of Gradus (its metadata lack the format "${FORMAT}"). Read its arrays with readSafetensors.`,
      { file, format: metadata.format },
    );
  }
  if (metadata.version !== String(VERSION)) {
    throw new GradusError(
      "bad-data",
      `${file}: a checkpoint of version ${metadata.version}; this Gradus reads version ${VERSION}. Update Gradus.`,
      {
        file,
        version: metadata.version,
      },
    );
  }
  try {
    return { arrays, metadata: parseJson(file, metadata.gradus) as Json };
  } catch (cause) {
    if (cause instanceof GradusError) throw cause;
    throw new GradusError("bad-data", `${file}: the checkpoint's metadata are not JSON.`, { file }, { cause });
  }
}

function requireJson(value: unknown, path: string, depth: number): void {
  if (value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) return;
  const isBranch =
    Array.isArray(value) || (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype);
  if (isBranch && depth >= DEEPEST_JSON) {
    throw new GradusError(
      "limit-exceeded",
      `checkpoint: ${path.slice(0, 100)}… is ${DEEPEST_JSON} levels deep or contains itself; such a file could not be read again. Make it flatter.`,
      { limit: DEEPEST_JSON },
    );
  }
  if (isBranch) {
    for (const [name, each] of Object.entries(value as object)) requireJson(each, `${path}.${name}`, depth + 1);
    return;
  }
  throw new GradusError(
    "bad-argument",
    `checkpoint: ${path} is ${String(value)}, which JSON cannot represent. Remove it, or write it as text.`,
    {
      path,
      value,
    },
  );
}
