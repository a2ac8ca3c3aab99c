import type { FoundRun } from "../../src/dashboard/folder/run-folder.ts";
import type { MeasureSeries, RunEvent, RunKind, RunReader, RunStatus } from "../../src/runs/types.ts";
import type { RunRecord } from "../../src/watch/record.ts";

/** A run in memory, which grows by hand and counts how often it is looked at. */
export class FakeRun implements RunReader {
  readonly id: string;
  readonly kind: RunKind = "tensorboard";
  readonly folder = "/nowhere";
  readonly createdAt = 1000;
  readonly description = undefined;
  readonly histograms = new Map<string, never>();
  readonly texts = new Map<string, string>();
  readonly notes = "";
  name: string;
  settings: Readonly<Record<string, number>> = {};
  status: RunStatus = "running";
  events: RunEvent[] = [];
  warnings: string[] = [];
  updatedAt = 1000;
  identity = "";
  refreshes = 0;
  opened = 0;
  readonly #measures = new Map<string, { name: string; points: [step: number, value: number][]; generation: number }>();
  #series: ReadonlyMap<string, MeasureSeries> = new Map();
  #isNew = false;

  constructor(id: string) {
    this.id = id;
    this.name = id;
  }

  get measures(): ReadonlyMap<string, MeasureSeries> {
    return this.#series;
  }

  /** Adds points, which readers see after the next refresh. */
  add(name: string, ...points: readonly (readonly [step: number, value: number])[]): void {
    const known = this.#measures.get(name) ?? { name, points: [], generation: 0 };
    for (const [step, value] of points) known.points.push([step, value]);
    this.#measures.set(name, known);
    this.#isNew = true;
  }

  /** Takes back all points after a step. */
  takeBack(step: number): void {
    for (const measure of this.#measures.values()) {
      measure.points = measure.points.filter(([each]) => each <= step);
      measure.generation++;
    }
    this.#isNew = true;
  }

  /** A tool rewrote its log without this measure. */
  remove(name: string): void {
    this.#measures.delete(name);
    this.#isNew = true;
  }

  /** Says that something else changed. */
  touch(): void {
    this.#isNew = true;
  }

  refresh(): boolean {
    this.refreshes++;
    if (!this.#isNew) return false;
    this.#isNew = false;
    this.#series = new Map(
      [...this.#measures].map(([key, { name, points, generation }]) => [
        key,
        {
          ...{ name, generation, length: points.length },
          steps: Float64Array.from(points, ([step]) => step),
          times: Float64Array.from(points, ([step]) => 1000 + step),
          values: Float64Array.from(points, ([, value]) => value),
        },
      ]),
    );
    return true;
  }

  toRecord(): RunRecord {
    return { steps: 0, readings: [], epochs: [], seconds: 0 };
  }

  get found(): FoundRun {
    const { id, name, kind } = this;
    const open = () => {
      this.opened++;
      this.refresh();
      return this;
    };
    return { id, name, kind, path: id, open, stamp: () => "", identity: () => this.identity };
  }
}
