/** Shortest time between two batches: the screen shows no more. */
const BATCH_MS = 1000 / 60;

/** Batches on the way or unread. */
const WINDOW = 2;

/** Collects the events of a task and sends them in batches, at most sixty per second, so that a step costs no message. At most two batches
 *  are unread at a time. */
export class Outbox<Event> {
  readonly #send: (events: readonly Event[]) => void;
  readonly #join: ((last: Event, next: Event) => boolean) | undefined;
  #events: Event[] = [];
  #unread = 0;
  #sentAt = Number.NEGATIVE_INFINITY;
  #isOpen = false;
  #wake: (() => void) | undefined;

  /** @param join whether an event takes the place of the last one that waits: news of progress. Default: never. */
  constructor(send: (events: readonly Event[]) => void, join?: (last: Event, next: Event) => boolean) {
    this.#send = send;
    this.#join = join;
  }

  /** Adds an event, and sends the batch when one is due and may go. */
  add(event: Event): void {
    const last = this.#events.length - 1;
    if (last >= 0 && this.#join?.(this.#events[last] as Event, event)) this.#events[last] = event;
    else this.#events.push(event);
    const isDue = performance.now() - this.#sentAt >= BATCH_MS;
    if (isDue && this.#unread < WINDOW) this.flush();
  }

  /** Whether a batch is due that may not go: the reader has two that he has not read. */
  get isFull(): boolean {
    return !this.#isOpen && this.#unread >= WINDOW && performance.now() - this.#sentAt >= BATCH_MS;
  }

  /** Resolves when the reader has read a batch, or when `open` is called. */
  async room(): Promise<void> {
    while (this.isFull) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The reader has read a batch. */
  wasRead(): void {
    this.#unread--;
    if (this.#events.length > 0 && this.#unread < WINDOW && performance.now() - this.#sentAt >= BATCH_MS) this.flush();
    this.#wake?.();
  }

  /** From now on nobody waits for the reader: the task is about to end. */
  open(): void {
    this.#isOpen = true;
    this.#wake?.();
  }

  /** Sends what there is. */
  flush(): void {
    if (this.#events.length === 0) return;
    this.#send(this.#events);
    this.#events = [];
    this.#unread++;
    this.#sentAt = performance.now();
  }
}
