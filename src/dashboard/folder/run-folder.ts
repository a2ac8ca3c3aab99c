import { GradusError } from "../../core/errors.ts";
import type { RunKind, RunReader } from "../../runs/types.ts";
import type { RunChange, RunSummary } from "../protocol.ts";
import { BrokenRun } from "./broken-run.ts";
import { RunTracker } from "./tracker.ts";

/** A run that was found, and how it is opened. */
export interface FoundRun {
  readonly id: string;
  readonly name: string;
  readonly kind: RunKind;
  /** For messages. */
  readonly path: string;
  open(): RunReader;
  /** Differs when it is worthwhile to try again what could not be opened. */
  stamp(): string;
  /** Differs when another run is in its place. */
  identity(): string;
}

/** Finds runs again and again. @returns undefined if nothing came or went since the last time. */
export type FindRuns = () => readonly FoundRun[] | undefined;

interface Entry {
  readonly found: FoundRun;
  readonly tracker: RunTracker;
  reader: RunReader | undefined;
  /** Of a run that could not be opened, at that time. */
  brokenAt: string;
  identity: string;
  /** Why the last refresh failed. */
  trouble: string | undefined;
  /** The last refresh that changed something. */
  changedAt: number;
}

/** Runs that neither run nor changed in so many refreshes are looked at in turn, and so many of them in each refresh. */
const LIVELY_REFRESHES = 30;
const QUIET_SHARE = 200;
/** So many refreshes apart are looks for new runs. */
const FIND_EVERY = 3;
/** A look that takes long, in a home folder for example, may take this share of the time. */
const LONG_FIND_MS = 20;
const FINDING_SHARE = 0.02;
/** Runs that are gone are remembered for clients that come back; one with an older cursor starts anew. */
const MOST_GONE = 1000;

/** The runs of a folder: found, opened when there is time or somebody asks, read again while they grow. */
export class RunFolder {
  readonly #find: FindRuns;
  readonly #entries = new Map<string, Entry>();
  readonly #gone = new Map<string, number>();
  /** Before this revision it is not known any more what went. */
  #oldest = 0;
  #revision = 0;
  #refreshes = 0;
  /** By `performance.now`. */
  #nextFind = 0;
  /** Where the turn of the quiet runs is. */
  #turn = 0;

  constructor(find: FindRuns) {
    this.#find = find;
    this.#findRuns();
  }

  /** Grows with every change of any run. */
  get revision(): number {
    return this.#revision;
  }

  /** Whether every run has been opened. */
  get isOpen(): boolean {
    return this.#closed().next().done === true;
  }

  /** Opens runs that are not open yet until the time is over, at least one. */
  openSome(budgetMs: number): void {
    const end = performance.now() + budgetMs;
    for (const entry of this.#closed()) {
      this.#open(entry);
      if (performance.now() >= end) return;
    }
  }

  /** Reads what is new. @returns whether anything changed. */
  refresh({ isThorough = false }: { readonly isThorough?: boolean } = {}): boolean {
    const before = this.#revision;
    const isDue = this.#refreshes % FIND_EVERY === 0 && performance.now() >= this.#nextFind;
    if (isThorough || isDue) this.#findRuns();
    this.#refreshes++;
    const open = [...this.#entries.values()].filter(({ reader }) => reader !== undefined);
    const quiet = open.filter((entry) => !this.#isLively(entry));
    for (const entry of open) if (isThorough || this.#isLively(entry)) this.#refreshOne(entry);
    if (!isThorough && quiet.length > 0) {
      const count = Math.min(QUIET_SHARE, quiet.length);
      for (let index = 0; index < count; index++) this.#refreshOne(quiet[this.#turn++ % quiet.length] as Entry);
    }
    return this.#revision !== before;
  }

  /** The reader of a run, opened if it was not.
   *  @throws GradusError `file-not-found` for an id that no run has, or none any more. */
  reader(id: string): RunReader {
    const reader = this.find(id);
    if (reader !== undefined) return reader;
    throw new GradusError("file-not-found", `there is no run ${JSON.stringify(id)} in this folder, or not any more.`, {
      id,
    });
  }

  /** As `reader`, but undefined if there is no such run. */
  find(id: string): RunReader | undefined {
    const entry = this.#entries.get(id);
    if (entry === undefined) return undefined;
    return entry.reader ?? this.#open(entry);
  }

  /** @throws GradusError as `reader`. */
  summary(id: string): RunSummary {
    this.reader(id);
    return (this.#entries.get(id) as Entry).tracker.summary;
  }

  /** What could not be read of a run.
   *  @throws GradusError as `reader`. */
  warnings(id: string): readonly string[] {
    const reader = this.reader(id);
    return warningsOf(this.#entries.get(id) as Entry, reader);
  }

  summaries(): readonly RunSummary[] {
    return [...this.#entries.values()].map(({ tracker }) => tracker.summary);
  }

  /** Looks at one run again now, because it was changed here. */
  refreshRun(id: string): void {
    const entry = this.#entries.get(id);
    if (entry?.reader !== undefined) this.#refreshOne(entry);
  }

  /** What changed after a revision; undefined if that is too long ago to be known. */
  changesSince(
    revision: number,
  ): { readonly changed: readonly RunChange[]; readonly gone: readonly string[] } | undefined {
    if (revision < this.#oldest || revision > this.#revision) return undefined;
    if (revision === this.#revision) return { changed: [], gone: [] };
    return {
      changed: [...this.#entries.values()].flatMap(({ tracker }) => tracker.changeSince(revision) ?? []),
      gone: [...this.#gone].filter(([, at]) => at > revision).map(([id]) => id),
    };
  }

  *#closed(): Generator<Entry> {
    for (const entry of this.#entries.values()) if (entry.reader === undefined) yield entry;
  }

  #isLively({ reader, changedAt }: Entry): boolean {
    return reader?.status === "running" || this.#refreshes - changedAt < LIVELY_REFRESHES;
  }

  #open(entry: Entry): RunReader {
    let reader: RunReader;
    // first: what changes while it is read is a reason to try again
    entry.brokenAt = entry.found.stamp();
    entry.identity = entry.found.identity();
    try {
      reader = entry.found.open();
    } catch (error) {
      reader = new BrokenRun(entry.found, messageOf(error));
    }
    entry.reader = reader;
    this.#update(entry, reader);
    return reader;
  }

  #refreshOne(entry: Entry): void {
    const { reader } = entry;
    if (reader instanceof BrokenRun) {
      // it may have been written to its end, or mended
      if (entry.found.stamp() !== entry.brokenAt) this.#open(entry);
      return;
    }
    if (entry.found.identity() !== entry.identity) {
      this.#replace(entry);
      return;
    }
    try {
      const hasChanged = reader?.refresh() === true;
      const wasTroubled = entry.trouble !== undefined;
      entry.trouble = undefined;
      if (reader !== undefined && (hasChanged || wasTroubled)) this.#update(entry, reader);
    } catch (error) {
      entry.trouble = messageOf(error);
      // removed, or without permission from now on: what was read stays in sight until it is known to be gone
      if (reader !== undefined) this.#update(entry, reader);
    }
  }

  /** A run was removed, and another one written in its place before anybody looked. */
  #replace({ found }: Entry): void {
    this.#entries.delete(found.id);
    this.#add(found);
    this.#open(this.#entries.get(found.id) as Entry);
  }

  #update(entry: Entry, reader: RunReader): void {
    const { length: warnings } = warningsOf(entry, reader);
    if (!entry.tracker.update(reader, this.#revision + 1, warnings)) return;
    this.#revision++;
    entry.changedAt = this.#refreshes;
  }

  #findRuns(): void {
    const start = performance.now();
    const found = this.#find();
    const end = performance.now();
    if (end - start > LONG_FIND_MS) this.#nextFind = end + (end - start) / FINDING_SHARE;
    if (found === undefined) return;
    const ids = new Set(found.map(({ id }) => id));
    for (const id of this.#entries.keys()) {
      if (ids.has(id)) continue;
      this.#entries.delete(id);
      this.#forget(id);
    }
    for (const each of found) {
      if (this.#entries.has(each.id)) continue;
      this.#add(each);
    }
  }

  #add(found: FoundRun): void {
    const { id, name, kind } = found;
    this.#revision++;
    this.#gone.delete(id);
    const tracker = new RunTracker(id, name, kind, this.#revision);
    const state = { reader: undefined, brokenAt: "", identity: "", trouble: undefined, changedAt: this.#refreshes };
    this.#entries.set(id, { found, tracker, ...state });
  }

  #forget(id: string): void {
    this.#revision++;
    this.#gone.set(id, this.#revision);
    for (const [old, at] of this.#gone) {
      if (this.#gone.size <= MOST_GONE) break;
      this.#gone.delete(old);
      this.#oldest = at;
    }
  }
}

function warningsOf({ trouble }: Entry, { warnings }: RunReader): readonly string[] {
  return trouble === undefined ? warnings : [...warnings, trouble];
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
