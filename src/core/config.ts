import { isRecord } from "./describe.ts";
import type { ErrorValues } from "./errors.ts";
import { requireKnownName } from "./suggest.ts";

/** Takes a configuration apart, `{ type: "adam", … }` or the type alone: its type, which must be known, and its other fields.
 *  @param kind what the types are, for messages: `optimizer`. @param values more values for the error.
 *  @throws GradusError as `requireKnownName`, also for anything but a name or an object. */
export function splitConfig<Type extends string>(
  where: string,
  kind: string,
  config: unknown,
  known: readonly Type[],
  values?: ErrorValues,
): { readonly type: Type; readonly options: Readonly<Record<string, unknown>> } {
  const { type, ...options } = isRecord(config) ? config : { type: config };
  requireKnownName(where, kind, type, known, values);
  return { type, options };
}
