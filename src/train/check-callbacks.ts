import { callback, checkOptions, type Fields } from "../core/fields.ts";
import { type Callbacks, EVENT_TYPES } from "./events.ts";

const FIELDS = Object.fromEntries(EVENT_TYPES.map((type) => [type, callback()])) as Fields<Callbacks>;

/** @throws GradusError `unknown-field` for what is no type of event; `bad-argument` for anything but functions. */
export function checkCallbacks(where: string, callbacks: readonly Callbacks[]): void {
  for (const [index, each] of callbacks.entries())
    checkOptions<Callbacks>(`${where}, callbacks.${index}`, each, FIELDS);
}
