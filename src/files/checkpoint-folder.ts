import * as fs from "node:fs";
import { join, resolve } from "node:path";
import { GradusError, requireArgument } from "../core/errors.ts";
import { warn } from "../core/host.ts";
import { checkpointsAmong, latestRun } from "../train/checkpoints/checkpoints.ts";
import type { CheckpointOptions, ResumeOption } from "../train/checkpoints/options.ts";
import { decodeRun } from "../train/checkpoints/run-file.ts";
import type { SavedRun } from "../train/checkpoints/run-state.ts";
import type { CheckpointStore, SavedPlace } from "../train/checkpoints/store.ts";
import { removeLeftoversIn } from "./drafts.ts";
import { pathKind } from "./folders.ts";
import { readBytes } from "./read-bytes.ts";
import { requireWritable } from "./require-writable.ts";
import { systemFailure } from "./system-errors.ts";
import { type WriteCalls, writeWhole } from "./write-file.ts";

/** Options of `fit` that may name folders. */
interface Lasting {
  readonly checkpoint?: CheckpointOptions | undefined;
  readonly resume?: ResumeOption | undefined;
}

/** The options, with stores and states in place of paths: what `fit` takes on any host. Files are opened when the run begins. */
export function withCheckpointFolders<Options extends Lasting>(options: Options): Options {
  const { checkpoint, resume } = options;
  const directory = checkpoint?.directory;
  return {
    ...options,
    ...(directory === undefined || checkpoint?.store !== undefined
      ? {}
      : { checkpoint: { ...checkpoint, store: async () => checkpointFolder(directory) } }),
    ...(typeof resume === "string" ? { resume: () => readRun(resume) } : {}),
  };
}

/** The system calls that can fail while a run is written. Tests replace them. */
type FolderCalls = WriteCalls & Pick<typeof fs, "rmSync">;

/** Checkpoints in a folder. A file is replaced whole or not at all, also where a write fails midway: new file, flush, rename, flush of the
 *  folder. What a killed process left half written is removed.
 *  @throws GradusError `bad-argument` for a folder that cannot be written. */
export function checkpointFolder(directory: string, calls: FolderCalls = fs): CheckpointStore {
  requireWritable("checkpoint.directory", join(directory, "best.safetensors"));
  removeLeftoversIn(directory, (name) => checkpointsAmong([name]).length > 0);
  return {
    place: directory,
    write(name, bytes): SavedPlace {
      const file = join(directory, name);
      writeWhole(file, bytes, calls);
      return { file, bytes: bytes.length };
    },
    names: () => namesIn(directory),
    read: (name) => readBytes(join(directory, name)),
    remove(name) {
      const file = join(directory, name);
      try {
        calls.rmSync(file, { force: true });
      } catch (cause) {
        throw systemFailure("write", file, cause);
      }
    },
  };
}

function namesIn(directory: string): readonly string[] {
  try {
    return fs.readdirSync(directory);
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw systemFailure("read", directory, cause);
  }
}

/** The run in a checkpoint file, or the newest whole one of a folder of checkpoints, or of a run's folder.
 *  @throws GradusError `file-not-found`; `bad-argument` for a folder without checkpoints; as `latestRun` and `decodeRun`. */
export async function readRun(path: string): Promise<SavedRun> {
  const kind = pathKind(path);
  if (kind === "missing") {
    throw new GradusError(
      "file-not-found",
      `resume: there is no file or folder ${path}. Relative paths start at ${resolve(".")}.`,
      { file: path },
    );
  }
  if (kind !== "folder") return decodeRun(readBytes(path), path);
  const below = join(path, "checkpoints");
  const folder = fs.statSync(below, { throwIfNoEntry: false })?.isDirectory() ? below : path;
  const store: CheckpointStore = { ...readOnly(folder) };
  const run = await latestRun(store, warn);
  requireArgument(
    run !== undefined,
    `resume: ${folder} has no checkpoint (step-….safetensors). Give the folder that checkpoint.directory named, or begin anew.`,
    { folder },
  );
  return run;
}

/** A folder that is only read: nothing is tried out in it. */
function readOnly(folder: string): CheckpointStore {
  const refuse = (): never => {
    throw new GradusError("io-error", `${folder}: was opened to be read.`, { folder });
  };
  return {
    place: folder,
    names: () => namesIn(folder),
    read: (name) => readBytes(join(folder, name)),
    write: refuse,
    remove: refuse,
  };
}
