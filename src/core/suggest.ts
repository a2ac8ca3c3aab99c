import { closest, distance } from "fastest-levenshtein";
import { GradusError } from "./errors.ts";

/** The candidate that a misspelt name most likely meant, or undefined where none is near.
 *  Near, by Levenshtein distance, capitals ignored: at most 2 (two letters swapped are 2) or a third of the longer name, whichever
 *  is more; 1 for names of up to three letters. */
export function nearestName(name: string, candidates: readonly string[]): string | undefined {
  if (candidates.length === 0) return undefined;
  const spelling = new Map(candidates.map((candidate) => [candidate.toLowerCase(), candidate]));
  const lower = name.toLowerCase();
  const best = closest(lower, [...spelling.keys()]);
  const length = Math.max(lower.length, best.length);
  const allowed = length <= 3 ? 1 : Math.max(2, Math.floor(length / 3));
  return distance(lower, best) <= allowed ? spelling.get(best) : undefined;
}

/** ` Did you mean "shuffle"?`, or the list of known names where none is near; for the end of an error message. */
export function suggestion(name: string, candidates: readonly string[]): string {
  const nearest = nearestName(name, candidates);
  if (nearest !== undefined) return ` Did you mean "${nearest}"?`;
  return candidates.length === 0 ? " There are none." : ` Known: ${candidates.join(", ")}.`;
}

/** Refuses names outside a list.
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
