import type { Json } from "../../io/checkpoint.ts";
import { settingsOf } from "../../runs/setting-changes.ts";
import type { MeasureSeries, RunKind, RunReader } from "../../runs/types.ts";
import type { MeasureChange, MeasureSummary, RunChange, RunSummary } from "../protocol.ts";
import { Tally } from "../series/tally.ts";
import { groupOf, progressOf } from "./facts.ts";

type Fields = Omit<RunSummary, "id" | "measures" | "isLoading">;

interface Tracked {
  readonly tally: Tally;
  summary: MeasureSummary;
  /** The revisions at which each field changed last. */
  readonly revisions: Map<keyof MeasureSummary, number>;
}

const NO_LAYERS: RunSummary["layers"] = [];
const NO_TAGS: readonly string[] = [];

/** What the page knows of a run, and at which revision of the folder each part of it changed last. So a client costs one number, and a
 *  connection that was broken goes on from any revision. */
export class RunTracker {
  readonly #id: string;
  #fields: Fields;
  readonly #revisions = new Map<keyof Fields, number>();
  readonly #measures = new Map<string, Tracked>();
  /** The revision since which the run is what it is. */
  #wholeSince: number;
  #isLoading = true;
  /** What the flat settings were made of. */
  #settings: Json | undefined;
  #events = 0;
  #flat: Pick<Fields, "settings" | "group">;

  constructor(id: string, name: string, kind: RunKind, revision: number) {
    this.#id = id;
    this.#wholeSince = revision;
    this.#flat = { settings: {}, group: id };
    this.#fields = {
      ...{ name, kind, status: "unknown", createdAt: null, updatedAt: null, ...this.#flat },
      ...{ step: 0, steps: null, epoch: 0, epochs: null, findings: 0, warnings: 0 },
      ...{ histograms: NO_TAGS, layers: NO_LAYERS, tags: NO_TAGS },
    };
  }

  /** Takes over what a run is now. @returns whether anything changed.
   *  @param revision of the change, if there is one.
   *  @param warnings of the reader, and others. */
  update(run: RunReader, revision: number, warnings = run.warnings.length): boolean {
    const before = this.#wholeSince;
    if (this.#isLoading) {
      this.#isLoading = false;
      this.#wholeSince = revision;
    }
    const hasNewFields = this.#updateFields(run, revision, warnings);
    const hasNewMeasures = this.#updateMeasures(run.measures, revision);
    return hasNewFields || hasNewMeasures || this.#wholeSince !== before;
  }

  /** The run as a whole. */
  get summary(): RunSummary {
    const measures = [...this.#measures.values()].map(({ summary }) => summary);
    return { id: this.#id, ...this.#fields, measures, ...(this.#isLoading ? { isLoading: true as const } : {}) };
  }

  /** What changed after a revision. */
  changeSince(revision: number): RunChange | undefined {
    if (this.#wholeSince > revision) return { ...this.summary, isWhole: true };
    const fields = changedFields(this.#fields, this.#revisions, revision);
    const measures: MeasureChange[] = [];
    for (const [name, { summary, revisions }] of this.#measures) {
      const change = changedFields(summary, revisions, revision);
      if (change !== undefined) measures.push({ name, ...change });
    }
    if (fields === undefined && measures.length === 0) return undefined;
    return { id: this.#id, ...fields, ...(measures.length === 0 ? {} : { measures }) };
  }

  #updateFields(run: RunReader, revision: number, warnings: number): boolean {
    const { name, kind, status, createdAt = null, updatedAt = null, description, settings, events, histograms } = run;
    // a resumption, which is an event, may change some
    if (settings !== this.#settings || events.length !== this.#events) {
      this.#settings = settings;
      this.#events = events.length;
      const flat = settingsOf(run);
      this.#flat = { settings: flat, group: groupOf(flat, description?.model ?? null, this.#id) };
    }
    const now: Fields = {
      ...{ name, kind, status, createdAt, updatedAt, warnings, ...progressOf(run), ...this.#flat },
      histograms: [...histograms.keys()],
      layers: description?.layers ?? NO_LAYERS,
      tags: description?.tags ?? NO_TAGS,
    };
    return noteChanges(this.#fields, now, this.#revisions, revision, () => {
      this.#fields = now;
    });
  }

  #updateMeasures(measures: ReadonlyMap<string, MeasureSeries>, revision: number): boolean {
    let isChanged = false;
    for (const [name, series] of measures) {
      const known = this.#measures.get(name);
      if (known === undefined) {
        const tally = new Tally(series);
        const { summary } = tally;
        const fields = Object.keys(summary) as (keyof MeasureSummary)[];
        this.#measures.set(name, { tally, summary, revisions: new Map(fields.map((field) => [field, revision])) });
        isChanged = true;
        continue;
      }
      known.tally.update(series);
      const now = known.tally.summary;
      const isNew = noteChanges(known.summary, now, known.revisions, revision, () => {
        known.summary = now;
      });
      isChanged ||= isNew;
    }
    if (this.#measures.size > measures.size) {
      for (const name of this.#measures.keys()) if (!measures.has(name)) this.#measures.delete(name);
      this.#wholeSince = revision;
      isChanged = true;
    }
    return isChanged;
  }
}

/** Writes down the revision of each field that is not what it was. */
function noteChanges<Values extends object>(
  before: Values,
  now: Values,
  revisions: Map<keyof Values, number>,
  revision: number,
  take: () => void,
): boolean {
  const changed = (Object.keys(now) as (keyof Values)[]).filter((name) => !isEqual(before[name], now[name]));
  for (const name of changed) revisions.set(name, revision);
  if (changed.length > 0) take();
  return changed.length > 0;
}

function isEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  return typeof a === "object" && typeof b === "object" && JSON.stringify(a) === JSON.stringify(b);
}

function changedFields<Values extends object>(
  values: Values,
  revisions: ReadonlyMap<keyof Values, number>,
  since: number,
): Partial<Values> | undefined {
  const changed = (Object.keys(values) as (keyof Values)[]).filter((name) => (revisions.get(name) ?? 0) > since);
  if (changed.length === 0) return undefined;
  return Object.fromEntries(changed.map((name) => [name, values[name]])) as Partial<Values>;
}
