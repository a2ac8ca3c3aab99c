import { splitConfig as split } from "../core/config.ts";
import { describe, isRecord } from "../core/describe.ts";
import { GradusError } from "../core/errors.ts";

/** A configuration from JSON: `{ "type": "adam", … }`, or only the type's name. */
export type Configured = { readonly type: string } | string;

/** Splits a configuration into its type, which must be in the table, and the other fields.
 *  @throws `bad-argument` if it has no type; `unknown-field` with a suggestion if the type is unknown. */
export function splitConfig<Type extends string>(
  kind: string,
  config: Configured,
  table: Readonly<Record<Type, unknown>>,
): { readonly type: Type; readonly options: object } {
  const known = Object.keys(table) as Type[];
  if (typeof config !== "string" && !(isRecord(config) && "type" in config)) {
    throw new GradusError(
      "bad-argument",
      `${kind}: expected a name or { "type": … }, got ${describe(config)}. Known: ${known.join(", ")}.`,
      { kind, config, known },
    );
  }
  return split(kind, kind, config, known, { kind, type: typeof config === "string" ? config : config.type });
}
