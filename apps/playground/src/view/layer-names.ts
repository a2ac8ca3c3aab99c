import type { NetworkHistory } from "../state/history.ts";

/** Types of the layers by path: "linear". */
export function layerTypes({ view }: Pick<NetworkHistory, "view">): ReadonlyMap<string, string> {
  return new Map(view.layers.map(({ path, type }) => [path, type]));
}
