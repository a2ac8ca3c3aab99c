/** A signal that aborts at the first Ctrl-C (or SIGTERM); a second one ends the process at once. */
export function onInterrupt(told: (name: string) => void): { readonly signal: AbortSignal; release(): void } {
  const controller = new AbortController();
  const handle = (name: NodeJS.Signals): void => {
    if (controller.signal.aborted) process.exit(130);
    told(name);
    controller.abort();
  };
  process.on("SIGINT", handle);
  process.on("SIGTERM", handle);
  return {
    signal: controller.signal,
    release() {
      process.off("SIGINT", handle);
      process.off("SIGTERM", handle);
    },
  };
}
