import { requireOptions } from "../core/fields.ts";

/** A layer's configuration from what is given by position and by name. The model that it goes into checks the fields.
 *  @throws GradusError `bad-argument` for options that are no object: leakyRelu(0.1). */
export function layerOf<C extends { readonly type: string }>(
  type: C["type"],
  given: Readonly<Record<string, unknown>>,
  options: object | undefined,
): C {
  return { ...(options === undefined ? {} : requireOptions(type, options)), ...given, type } as unknown as C;
}
