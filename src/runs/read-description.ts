import { readFileSync } from "node:fs";
import { describe, isRecord } from "../core/describe.ts";
import { GradusError } from "../core/errors.ts";
import { parseJson } from "../core/json.ts";
import { isSystemError, systemFailure } from "../files/system-errors.ts";
import type { Json } from "../io/checkpoint.ts";
import { runFile } from "./run-files.ts";
import type { RunDescription, RunEnvironment, RunScoring } from "./types.ts";

const VERSION = 1;

/** Reads a run's run.json. Fields that are missing or of another kind are empty, so that an incomplete description still shows its run.
 *  @throws GradusError `file-not-found` if there is none; `bad-data` if it is not one, or of a later version; `io-error`. */
export function readDescription(folder: string): RunDescription {
  const file = runFile(folder, "description");
  const found = parsedFile(folder, file);
  if (!isRecord(found) || found.format !== "gradus-run") {
    throw new GradusError(
      "bad-data",
      `${file}: expected the description of a run (format "gradus-run"), got ${describe(isRecord(found) ? found.format : found)}.`,
      { file },
    );
  }
  if (found.version !== VERSION) {
    throw new GradusError(
      "bad-data",
      `${file}: a run of version ${describe(found.version)}; this Gradus reads version ${VERSION}. Update Gradus.`,
      { file, version: found.version },
    );
  }
  return {
    format: "gradus-run",
    version: VERSION,
    name: text(found.name),
    createdAt: number(found.createdAt),
    settings: (found.settings ?? null) as Json,
    model: (found.model ?? null) as Json,
    environment: environmentOf(found.environment),
    layers: list(found.layers).flatMap((layer) =>
      isRecord(layer) ? [{ path: text(layer.path), type: text(layer.type) }] : [],
    ),
    tags: list(found.tags).filter((tag) => typeof tag === "string"),
    scoring: scoringOf(found.scoring),
  };
}

function parsedFile(folder: string, file: string): unknown {
  try {
    return parseJson(file, readFileSync(file, "utf8"));
  } catch (cause) {
    if (cause instanceof GradusError) throw cause;
    if (isSystemError(cause) && (cause.code === "ENOENT" || cause.code === "ENOTDIR")) {
      throw new GradusError(
        "file-not-found",
        `${folder}: there is no run here (it would have the file run.json). Give the folder of a run.`,
        { file },
        { cause },
      );
    }
    if (isSystemError(cause)) throw systemFailure("read", file, cause);
    throw new GradusError(
      "bad-data",
      `${file}: the description of the run is damaged: it is not JSON.`,
      { file },
      { cause },
    );
  }
}

function scoringOf(given: unknown): RunScoring | undefined {
  const found = isRecord(given) ? given : {};
  if (found.metric === "accuracy") return { metric: "accuracy", chance: number(found.chance) };
  return found.metric === "r2" ? { metric: "r2", variance: number(found.variance) } : undefined;
}

function environmentOf(given: unknown): RunEnvironment {
  const found = isRecord(given) ? given : {};
  const { git } = found;
  return {
    gradus: text(found.gradus),
    node: text(found.node),
    platform: text(found.platform),
    processor: text(found.processor),
    cores: number(found.cores),
    memoryBytes: number(found.memoryBytes),
    host: text(found.host),
    directory: text(found.directory),
    command: list(found.command).map(text),
    ...(isRecord(git)
      ? {
          git: {
            commit: text(git.commit),
            branch: typeof git.branch === "string" ? git.branch : undefined,
            isDirty: typeof git.isDirty === "boolean" ? git.isDirty : undefined,
          },
        }
      : {}),
  };
}

const text = (value: unknown) => (typeof value === "string" ? value : "");
const number = (value: unknown) => (Number.isFinite(value) ? (value as number) : 0);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
