import { requireOptions } from "../core/fields.ts";

/** A layer's configuration from arguments by position and by name. The model checks the fields later.
 *  @throws GradusError `bad-argument` if the options are not an object: leakyRelu(0.1). */
export function layerOf<C extends { readonly type: string }>(
  type: C["type"],
  given: Readonly<Record<string, unknown>>,
  options: object | undefined,
): C {
  return { ...(options === undefined ? {} : requireOptions(type, options)), ...given, type } as unknown as C;
}
