import type { HostArray } from "../core/dtype.ts";
import { GradusError } from "../core/errors.ts";
import { decodeSafetensors, encodeSafetensors } from "./safetensors.ts";

/** Anything that JSON holds. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

/** Named arrays (parameters, moments, running statistics) and what else makes a run: model, epoch, options. */
export interface Checkpoint {
  readonly arrays: ReadonlyMap<string, HostArray>;
  readonly metadata: Json;
}

const FORMAT = "gradus-checkpoint";
const VERSION = 1;

/** One safetensors file: any reader of that format sees the arrays; the metadata is JSON under `__metadata__.gradus`.
 *  @throws GradusError `bad-argument` for metadata that JSON would lose: undefined, functions, NaN, infinity. */
export function encodeCheckpoint({ arrays, metadata }: Checkpoint): Uint8Array {
  requireJson(metadata, "metadata");
  return encodeSafetensors(arrays, {
    metadata: { format: FORMAT, version: String(VERSION), gradus: JSON.stringify(metadata) },
  });
}

/** @param file name for error messages.
 *  @throws GradusError `bad-data` where it is not a checkpoint or of a later version; see `decodeSafetensors` for damage. */
export function decodeCheckpoint(bytes: Uint8Array, file: string): Checkpoint {
  const { arrays, metadata } = decodeSafetensors(bytes, file);
  if (metadata.format !== FORMAT || metadata.gradus === undefined) {
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
    return { arrays, metadata: JSON.parse(metadata.gradus) as Json };
  } catch (cause) {
    throw new GradusError("bad-data", `${file}: the checkpoint's metadata are not JSON.`, { file }, { cause });
  }
}

function requireJson(value: unknown, path: string): void {
  if (value === null || typeof value === "string" || typeof value === "boolean" || Number.isFinite(value)) return;
  const isBranch =
    Array.isArray(value) || (typeof value === "object" && Object.getPrototypeOf(value) === Object.prototype);
  if (isBranch) {
    for (const [name, each] of Object.entries(value as object)) requireJson(each, `${path}.${name}`);
    return;
  }
  throw new GradusError(
    "bad-argument",
    `checkpoint: ${path} is ${String(value)}, which JSON cannot hold. Leave it out, or write it as text.`,
    {
      path,
      value,
    },
  );
}
