import { GradusError } from "../core/errors.ts";
import type { ListenerAnswer } from "../train/events.ts";

/** A task in the worker, as the page sees it: its events as they come, and its result.
 *    for await (const event of run) if (event.type === "epochEnded") draw(event);
 *    const { state } = await run.result;
 *  The worker waits for the reader: while nobody reads, training pauses within two batches of events. Whoever wants only the result reads
 *  nothing: `await run.result` lets the task go on by itself. Leaving the loop stops the task; the result is what there is by then. */
export interface PageRun<Event, Result> extends AsyncIterable<Event> {
  /** @throws GradusError as the function of the same name; `disposed` if the engine ends first. Every error carries what it carries in
   *  Node: code, values (weights, layer, step), cause. */
  readonly result: Promise<Result>;
  /** Ends it after the current step and keeps the results so far. */
  stop(): void;
}

/** What a run asks of its engine. */
export interface RunLink<Event> {
  /** A batch has been read. */
  readonly read: () => void;
  readonly answer: (answer: Exclude<ListenerAnswer, undefined>) => void;
  /** Listeners on the page, told before the reader. */
  readonly hear: ((event: Event) => Promise<ListenerAnswer>) | undefined;
  /** Adds what training leaves to an error of a listener. */
  readonly withResult: (error: unknown, result: unknown) => unknown;
}

interface Settle<Result> {
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

type End<Result> = { readonly result: Result } | { readonly error: unknown };

export class EngineRun<Event, Result> implements PageRun<Event, Result> {
  readonly #link: RunLink<Event>;
  readonly #result: Promise<Result>;
  readonly #settle: Settle<Result>;
  /** Batches that have come and are not read, the current one first. */
  readonly #batches: Event[][] = [];
  #isRead = false;
  #isWanted = false;
  #end: End<Result> | undefined;
  #wake: (() => void) | undefined;
  /** Listeners are told one event after the other. */
  #heard: Promise<void> = Promise.resolve();
  #failed: { readonly error: unknown } | undefined;

  constructor(link: RunLink<Event>) {
    this.#link = link;
    let settle: Settle<Result> | undefined;
    this.#result = new Promise((resolve, reject) => {
      settle = { resolve, reject };
    });
    this.#settle = settle as unknown as Settle<Result>;
  }

  get result(): Promise<Result> {
    this.#isWanted = true;
    if (!this.#isRead) this.#dropBatches();
    return this.#result;
  }

  stop(): void {
    this.#answer("stop");
  }

  #answer(answer: ListenerAnswer): void {
    if (answer !== undefined && this.#end === undefined) this.#link.answer(answer);
  }

  /** A batch of events has come. */
  take(events: Event[]): void {
    const { hear } = this.#link;
    this.#heard = this.#heard.then(async () => {
      if (hear !== undefined) for (const event of events) await this.#tell(hear, event);
      this.#batches.push(events);
      if (!this.#isRead && (this.#isWanted || hear !== undefined)) this.#dropBatches();
      this.#wake?.();
    });
  }

  async #tell(hear: (event: Event) => Promise<ListenerAnswer>, event: Event): Promise<void> {
    if (this.#failed !== undefined) return;
    try {
      this.#answer(await hear(event));
    } catch (error) {
      this.#failed = { error };
      this.stop();
    }
  }

  /** The task has ended: what its listeners have yet to hear comes first. */
  settle(end: End<Result>): void {
    this.#heard = this.#heard.then(() => this.#finish(end));
  }

  /** The engine has ended: nothing more comes. */
  fail(error: unknown): void {
    this.#finish({ error });
  }

  #finish(given: End<Result>): void {
    if (this.#end !== undefined) return;
    const end = this.#failed === undefined ? given : { error: this.#errorOf(this.#failed.error, given) };
    this.#end = end;
    // nobody has asked yet: whoever does later is told then
    if (!this.#isWanted && this.#link.hear === undefined) this.#result.catch(() => {});
    if ("error" in end) this.#settle.reject(end.error);
    else this.#settle.resolve(end.result);
    this.#wake?.();
  }

  #errorOf(error: unknown, end: End<Result>): unknown {
    return "result" in end ? this.#link.withResult(error, end.result) : error;
  }

  #dropBatches(): void {
    for (const _ of this.#batches.splice(0)) this.#link.read();
  }

  /** @throws GradusError `bad-argument` for a second reader. */
  [Symbol.asyncIterator](): AsyncIterator<Event, Result, ListenerAnswer> {
    if (this.#isRead) {
      throw new GradusError("bad-argument", "a run can be read once. Start another one, or keep its events in a list.");
    }
    this.#isRead = true;
    // the reader is told of an error: whoever awaits the result too is told again, and nobody else need
    this.#result.catch(() => {});
    return {
      next: async (answer) => {
        this.#answer(answer);
        return this.#next();
      },
      return: async () => {
        this.stop();
        this.#isRead = false;
        this.#isWanted = true;
        this.#dropBatches();
        return { done: true, value: undefined as unknown as Result };
      },
    };
  }

  async #next(): Promise<IteratorResult<Event, Result>> {
    for (;;) {
      const batch = this.#batches[0];
      const event = batch?.shift();
      if (batch !== undefined && batch.length === 0) {
        this.#batches.shift();
        this.#link.read();
      }
      if (event !== undefined) return { done: false, value: event };
      if (batch !== undefined) continue;
      if (this.#end !== undefined) {
        if ("error" in this.#end) throw this.#end.error;
        return { done: true, value: this.#end.result };
      }
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
