import { examineLog } from "../../doctor/examine.ts";
import type { Finding } from "../../doctor/finding.ts";
import type { RunReader } from "../../runs/types.ts";

/** Milliseconds between two judgements, and how many times its own duration a judgement waits: it takes at most a twentieth of the time. */
const EVERY_MS = 3000;
const SHARE = 20;

/** Judges a run now and then while it grows, by the rules that need no samples. */
export class Findings {
  readonly #reader: RunReader;
  #found: readonly Finding[] = [];
  #nextAt = 0;
  #hasChanged = true;

  constructor(reader: RunReader) {
    this.#reader = reader;
  }

  get found(): readonly Finding[] {
    return this.#found;
  }

  /** The run has grown. */
  changed(): void {
    this.#hasChanged = true;
  }

  /** Judges if the run has changed and it is time.
   *  @param now milliseconds by any clock.
   *  @param isLast the run has ended: judge whatever the clock says. */
  update(now: number, isLast = false): readonly Finding[] {
    if (!this.#hasChanged || (now < this.#nextAt && !isLast)) return this.#found;
    const began = performance.now();
    this.#found = examineLog(this.#reader.toRecord()).findings;
    this.#hasChanged = false;
    this.#nextAt = now + Math.max(EVERY_MS, SHARE * (performance.now() - began));
    return this.#found;
  }
}

/** What makes two findings the same one at different times. */
export function keyOf({ problem, layer }: Finding): string {
  return `${problem} ${layer ?? ""}`;
}
