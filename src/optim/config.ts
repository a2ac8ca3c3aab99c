import { GradusError } from "../core/errors.ts";
import { suggestion } from "../core/suggest.ts";

/** A configuration as JSON gives it: `{ "type": "adam", … }`, or the type's name alone. */
export type Configured = { readonly type: string } | string;

/** Takes a configuration apart into its type, which the table must know, and the other fields.
 *  @throws `bad-argument` where it has no type; `unknown-field` with a suggestion where the type is unknown. */
export function splitConfig<Type extends string>(
  kind: string,
  config: Configured,
  table: Readonly<Record<Type, unknown>>,
): { readonly type: Type; readonly options: object } {
  const known = Object.keys(table);
  if (typeof config !== "string" && (typeof config !== "object" || config === null || !("type" in config))) {
    throw new GradusError(
      "bad-argument",
      `${kind}: expected a name or { "type": … }, got ${JSON.stringify(config)}. Known: ${known.join(", ")}.`,
      { kind, config, known },
    );
  }
  const { type, ...options } = typeof config === "string" ? { type: config } : config;
  if (typeof type !== "string" || !known.includes(type)) {
    throw new GradusError(
      "unknown-field",
      `${kind}: there is no "${String(type)}".${suggestion(String(type), known)}`,
      {
        kind,
        field: "type",
        type,
        known,
      },
    );
  }
  return { type: type as Type, options };
}
