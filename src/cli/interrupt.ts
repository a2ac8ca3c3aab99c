import { EXIT } from "./exit-codes.ts";

/** The signals that end a process, with their exit status: 128 + the number of the signal. */
const SIGNALS = {
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
  SIGHUP: EXIT.hungUp,
} as const satisfies Partial<Record<NodeJS.Signals, number>>;

export interface Interruption {
  /** Aborts on the first Ctrl-C, SIGTERM or SIGHUP; a second one ends the process at once. */
  readonly signal: AbortSignal;
  /** The exit status of a command that was interrupted. */
  readonly status: () => number;
  /** Stops handling signals. */
  readonly release: () => void;
}

export function onInterrupt(notify: (name: string) => void): Interruption {
  const controller = new AbortController();
  let status: number = EXIT.interrupted;
  const handle = (name: NodeJS.Signals): void => {
    const own = SIGNALS[name as keyof typeof SIGNALS];
    if (controller.signal.aborted) process.exit(own);
    status = own;
    notify(name);
    controller.abort();
  };
  const names = Object.keys(SIGNALS) as readonly NodeJS.Signals[];
  for (const name of names) process.on(name, handle);
  return {
    signal: controller.signal,
    status: () => status,
    release() {
      for (const name of names) process.off(name, handle);
    },
  };
}
