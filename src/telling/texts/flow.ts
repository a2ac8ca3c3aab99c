/** Text that was broken into lines for the reader of the source, as one line. */
export function flow(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
