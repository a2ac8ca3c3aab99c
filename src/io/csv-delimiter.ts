const CANDIDATES = [",", ";", "\t"] as const;

/** The most frequent of comma, semicolon and tab in the first line, outside quotes; leading blank lines do not count.
 *  @param isWhole whether this is the whole text.
 *  @returns undefined if the text ends before its first line does. */
export function likelyDelimiter(text: string, isWhole: boolean): string | undefined {
  const counts = [0, 0, 0];
  let isQuoted = false;
  let isBlank = true;
  for (const letter of text) {
    if (letter === '"') isQuoted = !isQuoted;
    if (!isQuoted && (letter === "\n" || letter === "\r")) {
      if (!isBlank) return mostOf(counts);
      counts.fill(0);
      continue;
    }
    if (letter.trim() !== "") isBlank = false;
    const candidate = isQuoted ? -1 : CANDIDATES.indexOf(letter as (typeof CANDIDATES)[number]);
    if (candidate >= 0) (counts[candidate] as number)++;
  }
  return isWhole ? mostOf(counts) : undefined;
}

function mostOf(counts: readonly number[]): string {
  return CANDIDATES.reduce((best, candidate, index) =>
    (counts[index] as number) > (counts[CANDIDATES.indexOf(best)] as number) ? candidate : best,
  );
}
