/** TensorBoard recognises its files by this part of their names. */
export const EVENT_FILE_MARK = "tfevents";

/** A name for a new event file: `events.out.tfevents.SECONDS.HOST.PROCESS.NUMBER`. Readers take the files of a folder in the order of their
 *  names, so the new one gets a later second than those that are there, even if the clock went back.
 *  @param now seconds since 1970. @param number counts the files that a process makes. */
export function eventFileName(
  now: number,
  host: string,
  process: number,
  number: number,
  existing: readonly string[],
): string {
  let seconds = Math.floor(now);
  for (const name of existing) {
    const written = new RegExp(`${EVENT_FILE_MARK}\\.(\\d{1,12})\\.`).exec(name)?.[1];
    if (written !== undefined) seconds = Math.max(seconds, Number(written) + 1);
  }
  const safeHost = host.replace(/[^A-Za-z0-9.-]/g, "_") || "localhost";
  return `events.out.${EVENT_FILE_MARK}.${String(seconds).padStart(10, "0")}.${safeHost}.${process}.${number}`;
}
