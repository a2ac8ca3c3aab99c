/** Where an array, or a part of one, lies: `offset` bytes into the array of a state, or into the program's arena. */
export type Location =
  | { readonly space: "state"; readonly index: number; readonly offset: number; readonly bytes: number }
  | { readonly space: "arena"; readonly offset: number; readonly bytes: number };

/** Do two locations have a byte in common? */
export function overlaps(a: Location, b: Location): boolean {
  if (a.space === "state" ? b.space !== "state" || a.index !== b.index : b.space === "state") return false;
  return a.offset < b.offset + b.bytes && b.offset < a.offset + a.bytes;
}
