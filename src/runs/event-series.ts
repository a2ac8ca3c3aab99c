import type { EventFile } from "../files/logs/event-file.ts";
import type { Column, ListColumn, ScalarColumn } from "../io/tensorboard/columns.ts";
import type { EventScanner, Segment } from "../io/tensorboard/event-scanner.ts";
import { joinPieces, type Piece, visitValid } from "../io/tensorboard/restarts.ts";
import type { Histogram } from "../watch/record.ts";
import type { HistogramPoint, MeasureSeries } from "./types.ts";

/** A measure of a run of event files. Its rows are those of the file if one file holds them all, else a copy. */
class EventMeasure implements MeasureSeries {
  readonly name: string;
  column: ScalarColumn;
  /** Rows that readers may have seen. */
  length = 0;
  generation = 0;
  /** Rows of the newest segment of the newest file that are in it. */
  taken = 0;

  constructor(name: string, column: ScalarColumn) {
    this.name = name;
    this.column = column;
  }

  get steps(): Float64Array {
    return this.column.steps;
  }

  get times(): Float64Array {
    return this.column.times;
  }

  get values(): Float64Array {
    return this.column.values;
  }
}

interface EventHistograms {
  column: ListColumn<Histogram>;
  taken: number;
  readonly points: HistogramPoint[];
}

/** What was read of a file when the series were last brought up to date. */
interface Seen {
  readonly events: EventScanner<Histogram>;
  readonly changes: number;
  readonly records: number;
}

/** The measures and histograms of the event files of one folder, without the steps that a restart made void. New rows of the newest file
 *  are appended; whatever else happens (a restart, another file, a new tag), the series are joined anew. */
export class EventSeriesSet {
  readonly measures = new Map<string, EventMeasure>();
  readonly histograms = new Map<string, EventHistograms>();
  readonly #prefix: string;
  #seen: readonly Seen[] = [];

  /** @param prefix begins the names of the series: "train/". */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** @param files in the order of writing, as they are now. */
  update(files: readonly EventFile<Histogram>[]): void {
    const seen = files.map(({ events }): Seen => ({ events, changes: events.changes, records: events.records }));
    const last = seen.at(-1);
    if (last !== undefined && this.#isOnlyAppended(seen))
      this.#append(last.events.segments.at(-1) as Segment<Histogram>);
    else this.#join(seen.map(({ events }) => events));
    this.#seen = seen;
  }

  #isOnlyAppended(seen: readonly Seen[]): boolean {
    return (
      seen.length === this.#seen.length &&
      seen.every(({ events, changes, records }, index) => {
        const before = this.#seen[index];
        const isLast = index === seen.length - 1;
        return before?.events === events && before.changes === changes && (isLast || before.records === records);
      })
    );
  }

  /** Nothing in the newest segment is void. */
  #append({ tags }: Segment<Histogram>): void {
    for (const [tag, { scalars, distributions }] of tags) {
      const measure = this.measures.get(this.#prefix + tag);
      if (scalars !== undefined && measure !== undefined) {
        replaceMeasure(measure, extended(measure.column, scalars, measure.taken));
        measure.taken = scalars.length;
      }
      const histograms = this.histograms.get(this.#prefix + tag);
      if (distributions !== undefined && histograms !== undefined) {
        replaceHistograms(histograms, extended(histograms.column, distributions, histograms.taken));
        histograms.taken = distributions.length;
      }
    }
  }

  #join(events: readonly EventScanner<Histogram>[]): void {
    const scalars = new Map<string, Piece<ScalarColumn>[]>();
    const distributions = new Map<string, Piece<ListColumn<Histogram>>[]>();
    visitValid(events, (tag, values, below) => {
      put(scalars, this.#prefix + tag, values.scalars, below);
      put(distributions, this.#prefix + tag, values.distributions, below);
    });
    const names = new Set<string>();
    for (const [name, pieces] of scalars) {
      const column = joinPieces(pieces);
      if (column === undefined || column.length === 0) continue;
      names.add(name);
      const measure = this.measures.get(name) ?? new EventMeasure(name, column);
      this.measures.set(name, measure);
      replaceMeasure(measure, column);
      measure.taken = takenOf(pieces);
    }
    for (const name of this.measures.keys()) if (!names.has(name)) this.measures.delete(name);
    this.histograms.clear();
    for (const [name, pieces] of distributions) {
      const column = joinPieces(pieces);
      if (column === undefined || column.length === 0) continue;
      const histograms = { column, points: [], taken: takenOf(pieces) };
      replaceHistograms(histograms, column);
      this.histograms.set(name, histograms);
    }
  }
}

/** All rows of the last piece. */
function takenOf(pieces: readonly Piece<Column>[]): number {
  return pieces.at(-1)?.column.length ?? 0;
}

function put<Kind extends Column>(
  pieces: Map<string, Piece<Kind>[]>,
  name: string,
  column: Kind | undefined,
  below: number,
): void {
  if (column === undefined || !(column.least < below)) return;
  const own = pieces.get(name);
  if (own === undefined) pieces.set(name, [{ column, below }]);
  else own.push({ column, below });
}

/** A series with the rows that the newest file has got since the last time.
 *  @param joined the series, which is `newest` itself if that is all there is. @param taken rows of `newest` that it has. */
function extended<Kind extends Column>(joined: Kind, newest: Kind, taken: number): Kind {
  if (joined === newest && newest.isAscending) return joined;
  const added = newest.emptied();
  for (let row = taken; row < newest.length; row++) added.pushFrom(newest, row);
  if (joined !== newest && added.isAscending && added.least > joined.most) {
    for (let row = 0; row < added.length; row++) joined.pushFrom(added, row);
    return joined;
  }
  // steps that come late or once more
  const parts = joined === newest ? [newest] : [joined, added];
  return joinPieces(parts.map((column) => ({ column, below: Number.POSITIVE_INFINITY }))) as Kind;
}

/** Takes a new column; the generation grows if rows that were seen are different in it. */
function replaceMeasure(measure: EventMeasure, column: ScalarColumn): void {
  const before = measure.column;
  if (before !== column && !beginsWith(column, before, measure.length)) measure.generation++;
  measure.column = column;
  measure.length = column.length;
}

function beginsWith(column: ScalarColumn, before: ScalarColumn, length: number): boolean {
  if (column.length < length) return false;
  for (let row = 0; row < length; row++) {
    if (column.steps[row] !== before.steps[row] || !Object.is(column.values[row], before.values[row])) return false;
  }
  return true;
}

function replaceHistograms(histograms: EventHistograms, column: ListColumn<Histogram>): void {
  const { points } = histograms;
  if (histograms.column !== column) points.length = 0;
  histograms.column = column;
  for (let row = points.length; row < column.length; row++) {
    const bins = column.values[row] as Histogram;
    points.push({ step: column.steps[row] as number, time: column.times[row] as number, ...bins });
  }
}
