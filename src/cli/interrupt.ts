import { EXIT } from "./exit-codes.ts";

/** What ends a process from outside, with the exit status that says so: 128 and the signal's number. */
const SIGNALS = {
  SIGINT: EXIT.interrupted,
  SIGTERM: EXIT.terminated,
  SIGHUP: EXIT.hungUp,
} as const satisfies Partial<Record<NodeJS.Signals, number>>;

export interface Interruption {
  /** Aborts at the first Ctrl-C, SIGTERM or SIGHUP; a second one ends the process at once. */
  readonly signal: AbortSignal;
  /** The exit status of a command that was interrupted. */
  readonly status: () => number;
  /** Leaves signals to others again. */
  readonly release: () => void;
}

export function onInterrupt(told: (name: string) => void): Interruption {
  const controller = new AbortController();
  let status: number = EXIT.interrupted;
  const handle = (name: NodeJS.Signals): void => {
    const own = SIGNALS[name as keyof typeof SIGNALS];
    if (controller.signal.aborted) process.exit(own);
    status = own;
    told(name);
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
