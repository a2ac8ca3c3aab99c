import type { Difference } from "../config/differences.ts";

/** The same difference in several layers, from `from` to `to` (from 0, both included); in no layer: undefined. */
export interface GroupedDifference extends Difference {
  readonly layers?: readonly [from: number, to: number] | undefined;
}

const inBlock = /^blocks\.(\d+)(?:\.(.+))?$/;

/** Joins what is the same in neighbouring layers: twenty layers with another activation are one difference. */
export function grouped(found: readonly Difference[]): readonly GroupedDifference[] {
  const groups = new Map<string, GroupedDifference[]>();
  const others: GroupedDifference[] = [];
  for (const each of found) {
    const [, index, field = ""] = inBlock.exec(each.path) ?? [];
    if (index === undefined) {
      others.push(each);
      continue;
    }
    const layer = Number(index);
    const key = JSON.stringify([field, each.a ?? null, each.b ?? null]);
    const group = groups.get(key) ?? [];
    groups.set(key, group);
    const last = group.at(-1);
    if (last?.layers?.[1] === layer - 1) group[group.length - 1] = { ...last, layers: [last.layers[0], layer] };
    else group.push({ ...each, layers: [layer, layer] });
  }
  return [...[...groups.values()].flat(), ...others];
}
