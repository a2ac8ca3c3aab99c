import { readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { GradusError } from "../../src/core/errors.ts";
import { type Case, type Context, type Outcome, Unsupported } from "./case.ts";
import { Comparison } from "./compare.ts";
import { KINDS } from "./kinds.ts";

/** Every .json file at or below a path, sorted. @throws `file-not-found` if there is none. */
export function referenceFiles(path: string): readonly string[] {
  const stat = statSync(path, { throwIfNoEntry: false });
  if (stat === undefined)
    throw new GradusError("file-not-found", `${path}: there is no such file or folder.`, { path });
  if (stat.isFile()) return [path];
  const files = readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(".json"))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  if (files.length === 0) throw new GradusError("file-not-found", `${path}: holds no .json file.`, { path });
  return files;
}

/** Replays one file and yields one outcome per case. */
export async function* replayFile(path: string, context: Context): AsyncGenerator<Outcome> {
  const backend = context.backend.name;
  const name = basename(path, ".json");
  let cases: readonly Case[];
  try {
    const content = JSON.parse(readFileSync(path, "utf8"));
    const kind = KINDS.find((candidate) => candidate.recognises(content));
    if (!kind) {
      yield { name, ok: false, unsupported: "a file of an unknown kind", backend };
      return;
    }
    cases = kind.cases(content, context);
  } catch (error) {
    yield { name, ok: false, error: `not readable: ${messageOf(error)}`, backend };
    return;
  }
  for (const entry of cases) yield await replayCase(entry, context);
}

/** Runs one case. A feature that the backend or the library lacks is "unsupported"; any other exception is an error. */
export async function replayCase(entry: Case, { backend }: Context): Promise<Outcome> {
  const { name, tolerance } = entry;
  const comparison = new Comparison();
  try {
    await entry.run(comparison);
  } catch (error) {
    const isUnsupported =
      error instanceof Unsupported || (error instanceof GradusError && error.code === "unsupported-kernel");
    return isUnsupported
      ? { name, ok: false, unsupported: messageOf(error), backend: backend.name }
      : { name, ok: false, error: messageOf(error), backend: backend.name };
  }
  if (comparison.count === 0) return { name, ok: false, error: "nothing was compared", backend: backend.name };
  const { worst, at } = comparison;
  const ok = worst <= tolerance;
  const finite = Number.isFinite(worst) ? worst : null;
  return { name, ok, worst: finite, tolerance, backend: backend.name, ...(ok ? {} : { at }) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
