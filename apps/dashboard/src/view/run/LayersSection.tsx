import type { RunEntry } from "../../state/run-list.ts";

export function LayersSection({ entry }: { readonly entry: RunEntry }) {
  return <p>{entry.id}</p>;
}
