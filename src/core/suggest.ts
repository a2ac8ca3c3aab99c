import { closest, distance } from "fastest-levenshtein";
import { describe } from "./describe.ts";
import { type ErrorValues, GradusError } from "./errors.ts";
import { adviceOn, synonymsAmong } from "./synonyms.ts";

/** Longer names are not misspellings and are not compared. */
const LONGEST = 64;

/** The candidate that a name most likely meant, or undefined if none is near: the same name in another spelling (batch_size), another
 *  library's word for it (lr), or a misspelling.
 *  Near means a Levenshtein distance, ignoring case, of at most 2 (swapping two letters counts 2) or a third of the longer name,
 *  whichever is more; 1 for names of up to three letters. */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  return meantNames(name, candidates)[0];
}

/** All names that a name may have meant, most likely first. */
function meantNames(name: string, candidates: readonly string[]): readonly string[] {
  if (candidates.length === 0 || name.length > LONGEST) return [];
  const synonyms = synonymsAmong(name, candidates);
  if (synonyms.length > 0) return synonyms;
  const spelling = new Map(candidates.map((candidate) => [candidate.toLowerCase(), candidate]));
  const lower = name.toLowerCase();
  const best = closest(lower, [...spelling.keys()]);
  const length = Math.max(lower.length, best.length);
  const allowed = length <= 3 ? 1 : Math.max(2, Math.floor(length / 3));
  return distance(lower, best) <= allowed ? [spelling.get(best) as string] : [];
}

/** ` Did you mean "shuffle"?`, or the list of known names if none is near; for the end of an error message. */
export function suggestion(name: string, candidates: readonly string[]): string {
  const meant = meantNames(name, candidates);
  if (meant.length > 0) return ` Did you mean ${meant.map((each) => `"${each}"`).join(" or ")}?`;
  const advice = adviceOn(name);
  if (advice !== undefined) return ` ${advice}`;
  return candidates.length === 0 ? " There are none." : ` Known: ${candidates.join(", ")}.`;
}

/** Rejects anything but a name from a table.
 *  @param kind what the table holds: `optimizer`, `layer type`.
 *  @throws GradusError `unknown-field` with the nearest name, and `{ where, field, known, suggestion }`, also for a missing name;
 *    `bad-argument` for anything else but a string, with `{ where, value, known }`. */
export function requireKnownName<Name extends string>(
  where: string,
  kind: string,
  name: unknown,
  known: readonly Name[],
  values: ErrorValues = {},
): asserts name is Name {
  if (typeof name !== "string") {
    throw new GradusError(
      name === undefined ? "unknown-field" : "bad-argument",
      `${where}: expected the name of a known ${kind}, got ${describe(name)}. Known: ${known.join(", ")}.`,
      { where, field: name, value: name, known, ...values },
    );
  }
  if ((known as readonly string[]).includes(name)) return;
  throw new GradusError("unknown-field", `${where}: there is no ${kind} ${describe(name)}.${suggestion(name, known)}`, {
    where,
    field: name,
    known,
    suggestion: nearestName(name, known),
    ...values,
  });
}

/** Rejects names outside a list.
 *  @throws GradusError `unknown-field` with `{ where, field, known, suggestion }`. */
export function requireKnownFields(where: string, given: readonly string[], known: readonly string[]): void {
  for (const field of given) {
    if (known.includes(field)) continue;
    throw new GradusError("unknown-field", `${where}: there is no field "${field}".${suggestion(field, known)}`, {
      where,
      field,
      known,
      suggestion: nearestName(field, known),
    });
  }
}
