/** Most names that are written out; a longer list ends with its length. */
const MOST_NAMES = 20;

/** Names in quotes, for messages: `"a", "b"`; "none" for an empty list. */
export function listed(names: readonly string[]): string {
  if (names.length === 0) return "none";
  const shown = names.slice(0, MOST_NAMES).map((name) => `"${name}"`);
  return shown.join(", ") + (names.length > MOST_NAMES ? `, … (${names.length} in all)` : "");
}
