/** Fewer items that draw the same curve: the range of positions is cut into equal parts, and of each part the lowest and the highest value
 *  stay, with the first that is not finite; so do the first and the last item of all.
 *  @param parts results in at most 3 items per part, and 2.
 *  @param at position of an item, rising. */
export function thin<Item>(
  items: readonly Item[],
  parts: number,
  at: (item: Item) => number,
  value: (item: Item) => number,
): readonly Item[] {
  const first = items[0];
  const last = items.at(-1);
  if (first === undefined || last === undefined) return items;
  const start = at(first);
  const width = (at(last) - start) / parts || 1;
  const kept = new Set<number>([0, items.length - 1]);
  let index = 0;
  for (let part = 0; part < parts; part++) {
    const end = part === parts - 1 ? Infinity : start + (part + 1) * width;
    let low = -1;
    let high = -1;
    let bad = -1;
    for (let item = items[index]; item !== undefined && at(item) < end; item = items[++index]) {
      const found = value(item);
      if (!Number.isFinite(found)) {
        if (bad < 0) bad = index;
        continue;
      }
      if (low < 0 || found < value(items[low] as Item)) low = index;
      if (high < 0 || found > value(items[high] as Item)) high = index;
    }
    for (const each of [low, high, bad]) if (each >= 0) kept.add(each);
  }
  return items.filter((_, each) => kept.has(each));
}
