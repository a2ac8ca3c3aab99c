import type { LiveEvents } from "gradus/dashboard-protocol";
import type { Frame } from "../data/frames.ts";
import { type GrowingPlaces, growingPlaces } from "../data/grow.ts";
import { numberOf } from "../data/numbers.ts";
import { NO_PLACES, type Odd, type Places } from "../data/places.ts";

/** A part of a series as it is drawn. */
export interface Drawn {
  readonly places: Places;
  /** Points that the places stand for. Where there are as many places, every place is one point. */
  readonly total: number;
  /** Values that are NaN or infinite; `odd` has the first of them. */
  readonly oddCount: number;
  readonly odd: readonly Odd[];
}

/** The range of steps that a closer look covers. */
export interface StepRange {
  readonly from: number;
  readonly to: number;
}

/** loading: nothing has come yet. gone: the run or the measure is not there. failed: the server refused. */
export type CurveState = "loading" | "ready" | "gone" | "failed";

/** One measure of one run: what the page has of it. */
export interface Curve {
  readonly run: string;
  readonly measure: string;
  readonly state: CurveState;
  readonly whole: Drawn;
  /** A part of it more finely, while the page is zoomed in. */
  readonly close: (Drawn & StepRange) | undefined;
}

/** Most values that are not finite that a curve keeps: marks beyond that would be one bar. */
const MOST_ODD = 2000;

type Points = LiveEvents["points"][number];

/** Places with the numbers that belong to them, growing. */
class Part implements Drawn {
  readonly places: GrowingPlaces;
  total: number;
  oddCount: number;
  readonly odd: Odd[];

  constructor(frame: Pick<Frame, "places" | "total" | "oddCount" | "odd">, most: number) {
    this.places = growingPlaces(frame.places, most);
    this.total = frame.total;
    this.oddCount = frame.oddCount;
    this.odd = [...frame.odd];
  }

  append(steps: readonly number[], times: readonly number[], values: readonly number[]): void {
    this.places.append({ steps, times, values });
    this.total += steps.length;
    values.forEach((value, index) => {
      if (Number.isFinite(value)) return;
      this.oddCount++;
      if (this.odd.length < MOST_ODD) this.odd.push({ step: steps[index] ?? Number.NaN, value });
    });
  }
}

const NOTHING = { places: NO_PLACES, total: 0, oddCount: 0, odd: [] };

/** A curve that is loaded, and grows. */
export class LiveCurve implements Curve {
  readonly run: string;
  readonly measure: string;
  state: CurveState = "loading";
  whole: Part;
  close: (Part & StepRange) | undefined = undefined;
  /** Points of the series that have come, and the generation of them: for a subscription. */
  cursor = 0;
  generation = 0;
  readonly #most: number;

  /** @param most places that are asked for. */
  constructor(run: string, measure: string, most: number) {
    this.run = run;
    this.measure = measure;
    this.#most = most;
    this.whole = new Part(NOTHING, most);
  }

  load(frame: Frame): void {
    this.whole = new Part(frame, this.#most);
    this.cursor = frame.cursor;
    this.generation = frame.generation;
    this.state = frame.cursor === 0 && frame.total === 0 ? "gone" : "ready";
    if (this.close !== undefined && this.state === "gone") this.close = undefined;
  }

  loadClose(frame: Frame, range: StepRange): void {
    this.close = Object.assign(new Part(frame, this.#most), range);
  }

  /** Appends new points.
   *  @returns false if they do not go on from what is there: the curve must be loaded anew. */
  append({ cursor, generation, isVoid, steps, times, values }: Points): boolean {
    if (this.state === "loading") return true;
    if (isVoid === true || generation !== this.generation) return false;
    const first = cursor - steps.length;
    if (first > this.cursor) return false;
    // what a broken connection has told twice
    const known = this.cursor - first;
    if (known >= steps.length) return true;
    const fresh = [steps.slice(known), times.slice(known).map(numberOf), values.slice(known).map(numberOf)] as const;
    this.whole.append(...fresh);
    this.cursor = cursor;
    this.state = "ready";
    const { close } = this;
    if (close === undefined) return true;
    const [own, ...columns] = fresh;
    const isInside = own.map((step) => step >= close.from && step <= close.to);
    const inside = <Item>(items: readonly Item[]) => items.filter((_, index) => isInside[index]);
    if (isInside.includes(true)) close.append(inside(own), inside(columns[0]), inside(columns[1]));
    return true;
  }
}
