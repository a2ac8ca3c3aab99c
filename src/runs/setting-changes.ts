import { isRecord } from "../core/describe.ts";
import type { Json } from "../io/checkpoint.ts";
import { type FlatSettings, flatSettings } from "./flat-settings.ts";
import type { RunReader } from "./types.ts";

/** A setting that a resumption changed. */
export interface SettingChange {
  /** Dotted. */
  readonly path: string;
  /** Undefined: it was taken away. */
  readonly to: Json | undefined;
}

/** What resumptions changed, the last change of each setting, in the order of the first ones. */
export function changesOf({ events }: Pick<RunReader, "events">): readonly SettingChange[] {
  const last = new Map<string, SettingChange>();
  for (const event of events) {
    if (event.type !== "resumed") continue;
    for (const [path, change] of Object.entries(event.changes ?? {})) {
      last.set(path, { path, to: isRecord(change) ? ((change.to ?? undefined) as Json | undefined) : undefined });
    }
  }
  return [...last.values()];
}

/** The settings with which a run trained last, by dotted path. */
export function settingsOf(reader: Pick<RunReader, "events" | "settings">): FlatSettings {
  const changes = changesOf(reader);
  if (changes.length === 0) return flatSettings(reader.settings);
  const isReplaced = (name: string) => changes.some(({ path }) => name === path || name.startsWith(`${path}.`));
  const kept = Object.entries(flatSettings(reader.settings)).filter(([name]) => !isReplaced(name));
  const added = changes.flatMap(({ path, to }) => (to === undefined ? [] : flatEntries(path, to)));
  return Object.fromEntries([...kept, ...added]);
}

function flatEntries(path: string, value: Json): readonly (readonly [string, FlatSettings[string]])[] {
  if (value === null || typeof value !== "object") return [[path, value]];
  return Object.entries(flatSettings(value)).map(([name, part]) => [`${path}.${name}`, part] as const);
}
