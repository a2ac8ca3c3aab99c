import type { EventStream } from "../../apps/dashboard/src/data/live-source.ts";

/** A stream of server-sent events that a test writes. */
export class FakeStream implements EventStream {
  readonly address: string;
  readyState = 1;
  onerror: ((event: Event) => void) | null = null;
  readonly #listeners = new Map<string, (event: MessageEvent<string>) => void>();

  constructor(address: string) {
    this.address = address;
  }

  addEventListener(name: string, listener: (event: MessageEvent<string>) => void): void {
    this.#listeners.set(name, listener);
  }

  send(name: string, data: unknown): void {
    this.#listeners.get(name)?.(new MessageEvent(name, { data: JSON.stringify(data) }));
  }

  /** @param isForGood the browser does not connect again by itself. */
  fail(isForGood: boolean): void {
    this.readyState = isForGood ? 2 : 0;
    this.onerror?.(new Event("error"));
  }

  close(): void {
    this.readyState = 2;
  }
}

/** Tasks that wait for a test to run them. */
export class FakeClock {
  readonly waits: number[] = [];
  #tasks: (() => void)[] = [];

  readonly later = (task: () => void, ms = 0): (() => void) => {
    this.waits.push(ms);
    this.#tasks.push(task);
    return () => {
      this.#tasks = this.#tasks.filter((each) => each !== task);
    };
  };

  /** Runs all that waits now. */
  run(): number {
    const tasks = this.#tasks;
    this.#tasks = [];
    for (const task of tasks) task();
    return tasks.length;
  }
}

/** Lets promises that are done go on. */
export const settle = () => new Promise<void>((resolve) => setImmediate(resolve));
