import { GradusError } from "../core/errors.ts";

/** Interfaces of this machine alone. */
export const LOOPBACK: readonly string[] = ["127.0.0.1", "localhost", "::1"];

/** If a usual port is in use, so many others are tried. */
const OTHER_PORTS = 10;

/** @throws GradusError `bad-argument` for anything but a port. */
export function portOf(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new GradusError("bad-argument", `--port must be a whole number from 0 to 65535, got ${text}.`, { port: text });
}

/** Listens on the given port or, without one, on the first of the usual ports that is free.
 *  @param usual the first usual port. */
export async function onFreePort<Served>(
  given: number | undefined,
  usual: number,
  listen: (port: number) => Promise<Served>,
): Promise<Served> {
  if (given !== undefined) return listen(given);
  for (let port = usual; ; port++) {
    try {
      return await listen(port);
    } catch (error) {
      const isInUse = error instanceof GradusError && error.values.code === "EADDRINUSE";
      if (!isInUse || port === usual + OTHER_PORTS) throw error;
    }
  }
}

/** Resolves when the signal aborts. */
export function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}
