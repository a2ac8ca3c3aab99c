import { batch, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import type { LiveEvents, Subscription } from "gradus/dashboard-protocol";
import type { SeriesQueue } from "../data/series-queue.ts";
import { type Curve, LiveCurve, type StepRange } from "./curve.ts";

/** The curves that charts show. A chart holds what is in its sight; what nobody holds is told about no more, and goes in time. */
export interface SeriesStore {
  /** The curve, loaded if it is not there. `release` it as often as it was held. */
  hold(run: string, measure: string): Curve;
  release(run: string, measure: string): void;
  /** Loads a curve that somebody is about to hold. */
  expect(run: string, measure: string): void;
  /** Counts changes of a measure's curves: charts draw when it changes. The same signal for ever. */
  version(measure: string): ReadonlySignal<number>;
  /** Asks for a range of steps at full resolution; undefined: the whole is enough. Only the last wish counts. */
  look(run: string, measure: string, range: StepRange | undefined): void;
  receive(points: LiveEvents["points"]): void;
  /** What is held, for the server to tell about. */
  wanted(): Subscription["series"];
  /** Loads what is held anew: the server has begun again, or runs that had gone are there again.
   *  @param runs default: all. */
  reload(runs?: readonly string[]): void;
  /** Loads what could not be loaded: the server answers again. */
  retry(): void;
  forget(runs: readonly string[]): void;
}

interface SeriesStoreOptions {
  readonly queue: SeriesQueue;
  /** Places of a curve that are asked for. */
  readonly points: number;
  /** What `wanted` tells has changed. */
  readonly subscribe: () => void;
  readonly failed: (error: Error) => void;
  /** Most curves that nobody holds and that are kept: for those who scroll back. Default 1000. */
  readonly spare?: number | undefined;
}

interface Entry {
  readonly curve: LiveCurve;
  holders: number;
  /** Numbers its requests: late answers to old ones are void. */
  request: number;
  look: number;
  range: StepRange | undefined;
  isRequested: boolean;
  /** Nobody holds it yet, but somebody will. */
  isExpected: boolean;
}

export function createSeriesStore({ queue, points, subscribe, failed, spare = 1000 }: SeriesStoreOptions): SeriesStore {
  const measures = new Map<string, { readonly version: Signal<number>; readonly entries: Map<string, Entry> }>();
  /** Those that nobody holds, the longest waiting first. */
  const idle = new Set<Entry>();

  function measureOf(name: string) {
    const found = measures.get(name);
    if (found !== undefined) return found;
    const made = { version: signal(0), entries: new Map<string, Entry>() };
    measures.set(name, made);
    return made;
  }
  const changed = ({ curve }: Entry) => {
    measureOf(curve.measure).version.value++;
  };
  const entryOf = (run: string, measure: string) => measures.get(measure)?.entries.get(run);

  function load(entry: Entry): void {
    if (entry.isRequested) return;
    const { curve } = entry;
    const request = ++entry.request;
    const isCurrent = () => entry.request === request && (entry.holders > 0 || entry.isExpected);
    entry.isRequested = true;
    queue.want(
      { run: curve.run, measure: curve.measure },
      () => {
        // whoever holds it again asks again
        if (!isCurrent() && entry.request === request) entry.isRequested = false;
        return isCurrent();
      },
      (frame) => {
        if (entry.request !== request) return;
        entry.isRequested = false;
        curve.load(frame);
        changed(entry);
        subscribe();
      },
      (error) => {
        if (entry.request !== request) return;
        entry.isRequested = false;
        if (curve.state === "loading") curve.state = "failed";
        changed(entry);
        failed(error);
      },
    );
  }

  function loadClose(entry: Entry): void {
    const { curve, range } = entry;
    const look = ++entry.look;
    if (range === undefined) {
      if (curve.close !== undefined) {
        curve.close = undefined;
        changed(entry);
      }
      return;
    }
    queue.want(
      { run: curve.run, measure: curve.measure, from: range.from, to: range.to },
      () => entry.look === look && entry.holders > 0,
      (frame) => {
        if (entry.look !== look) return;
        curve.loadClose(frame, range);
        changed(entry);
      },
      failed,
    );
  }

  function drop(entry: Entry): void {
    idle.delete(entry);
    entry.request++;
    entry.look++;
    measureOf(entry.curve.measure).entries.delete(entry.curve.run);
  }

  function entryFor(run: string, measure: string): Entry {
    const { entries } = measureOf(measure);
    const found = entries.get(run);
    if (found !== undefined) return found;
    const curve = new LiveCurve(run, measure, points);
    const state = { isRequested: false, isExpected: false };
    const entry: Entry = { curve, holders: 0, request: 0, look: 0, range: undefined, ...state };
    entries.set(run, entry);
    return entry;
  }

  return {
    expect(run, measure) {
      const entry = entryFor(run, measure);
      if (entry.holders > 0 || entry.curve.state !== "loading") return;
      entry.isExpected = true;
      idle.add(entry);
      load(entry);
    },
    hold(run, measure) {
      const entry = entryFor(run, measure);
      idle.delete(entry);
      entry.isExpected = false;
      entry.holders++;
      if (entry.holders === 1) {
        if (entry.curve.state === "loading" || entry.curve.state === "failed") load(entry);
        // it goes on from where it was
        else subscribe();
      }
      return entry.curve;
    },
    release(run, measure) {
      const entry = entryOf(run, measure);
      if (entry === undefined || entry.holders === 0) return;
      entry.holders--;
      if (entry.holders > 0) return;
      entry.range = undefined;
      entry.look++;
      entry.curve.close = undefined;
      idle.add(entry);
      for (const oldest of idle) {
        if (idle.size <= spare) break;
        drop(oldest);
      }
      subscribe();
    },
    version: (measure) => measureOf(measure).version,
    look(run, measure, range) {
      const entry = entryOf(run, measure);
      if (entry === undefined || entry.holders === 0) return;
      if (entry.range?.from === range?.from && entry.range?.to === range?.to) return;
      entry.range = range;
      loadClose(entry);
    },
    receive(all) {
      batch(() => {
        for (const each of all) {
          const entry = entryOf(each.run, each.measure);
          if (entry === undefined) continue;
          if (entry.curve.append(each)) changed(entry);
          else if (entry.holders > 0) {
            load(entry);
            if (entry.range !== undefined) loadClose(entry);
          } else drop(entry);
        }
      });
    },
    wanted: () =>
      [...measures.values()].flatMap(({ entries }) =>
        [...entries.values()].flatMap(({ holders, curve: { run, measure, state, cursor, generation } }) =>
          holders > 0 && (state === "ready" || state === "gone") ? [{ run, measure, cursor, generation }] : [],
        ),
      ),
    reload(runs) {
      for (const { entries } of measures.values())
        for (const entry of [...entries.values()]) {
          if (runs !== undefined && !runs.includes(entry.curve.run)) continue;
          if (entry.holders === 0) drop(entry);
          else {
            entry.request++;
            entry.isRequested = false;
            load(entry);
            if (entry.range !== undefined) loadClose(entry);
          }
        }
    },
    retry() {
      for (const { entries } of measures.values())
        for (const entry of entries.values()) if (entry.holders > 0 && entry.curve.state === "failed") load(entry);
    },
    forget(runs) {
      for (const { entries } of measures.values())
        for (const run of runs) {
          const entry = entries.get(run);
          if (entry === undefined) continue;
          if (entry.holders === 0) drop(entry);
          else {
            entry.curve.state = "gone";
            changed(entry);
          }
        }
    },
  };
}
