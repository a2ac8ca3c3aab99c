/** Joins text that is wrapped in the source into one line. */
export function flow(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
