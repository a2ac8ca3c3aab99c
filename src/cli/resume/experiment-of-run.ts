import { join } from "node:path";
import { isRecord } from "../../core/describe.ts";
import { GradusError } from "../../core/errors.ts";
import { changesOf } from "../../runs/setting-changes.ts";
import type { RunReader } from "../../runs/types.ts";
import { fromPlain } from "../../train/checkpoints/plain.ts";
import { checkExperiment, type Experiment } from "../experiment.ts";
import { applyOverrides, type Override } from "../overrides.ts";

/** The experiment of a run as it trained last: that of run.json, with what earlier resumptions changed, and with what is changed now.
 *  @throws GradusError `bad-experiment` if the run was not made by `gradus train`, or if its experiment holds what only code can. */
export function experimentOf(reader: RunReader, overrides: readonly Override[]): Experiment {
  const file = join(reader.folder, "run.json");
  const settings = fromPlain(reader.settings);
  if (!isRecord(settings) || !("data" in settings)) {
    throw new GradusError(
      "bad-experiment",
      `${file}: its settings are no experiment: the run was not made by gradus train. Continue it in the program that made it, with fit({ resume }).`,
      { file },
    );
  }
  const changes = changesOf(reader);
  const removed = changes.flatMap(({ path, to }) => (to === undefined ? [path] : []));
  const changed = changes.flatMap(({ path, to }) =>
    to === undefined ? [] : [{ path: path.split("."), value: fromPlain(to) }],
  );
  const before = applyOverrides(withoutFields(settings, removed), changed);
  const experiment = checkExperiment(file, applyOverrides(before, overrides));
  const code = codeIn(experiment, "");
  if (code === undefined) return experiment;
  throw new GradusError(
    "bad-experiment",
    `${file}: ${code} was given as code, which a run's folder cannot hold. Give the file that it came from: --experiment FILE.`,
    { file, field: code },
  );
}

function withoutFields(settings: Readonly<Record<string, unknown>>, fields: readonly string[]): object {
  return Object.fromEntries(Object.entries(settings).filter(([name]) => !fields.includes(name)));
}

/** The place of what was a function or an object of a class before it was written as text. */
function codeIn(value: unknown, path: string): string | undefined {
  if (typeof value === "string") return /^\((?:function |\[object )/.test(value) ? path : undefined;
  if (typeof value !== "object" || value === null) return undefined;
  for (const [name, part] of Object.entries(value)) {
    const found = codeIn(part, path === "" ? name : `${path}.${name}`);
    if (found !== undefined) return found;
  }
  return undefined;
}
