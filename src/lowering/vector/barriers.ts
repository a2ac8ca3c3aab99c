import { overlaps } from "../../compiler/location.ts";
import { areApart, type Touch } from "../../compiler/touches.ts";

/** What a call touches in memory. */
interface Touching {
  readonly reads: readonly Touch[];
  readonly writes: readonly Touch[];
}

/** For each call, in order: must all threads have finished the calls before it? A barrier goes before a call that touches what another
 *  thread may still be writing, or writes what another may still be reading. Threads that keep to rows of their own from call to call, as
 *  in the steps of a recurrence, need not wait for each other. */
export function barriersBefore(calls: readonly Touching[]): boolean[] {
  let reads = new Touched();
  let writes = new Touched();
  return calls.map((call) => {
    const barrier = writes.meets(call.reads) || writes.meets(call.writes) || reads.meets(call.writes);
    if (barrier) {
      reads = new Touched();
      writes = new Touched();
    }
    reads.add(call.reads);
    writes.add(call.writes);
    return barrier;
  });
}

/** Memory is divided into blocks, so that a place is compared only with those near it: thousands of steps may pass without a barrier. */
const BLOCK_BITS = 16;

/** A place of more blocks than this is compared with all others: there are few of them, and they may be far larger than any memory. */
const MOST_BLOCKS = 1024;

/** Places that calls since the last barrier have touched. */
class Touched {
  readonly #blocks = new Map<string, Touch[]>();
  readonly #small: Touch[] = [];
  readonly #large: Touch[] = [];

  add(touches: readonly Touch[]): void {
    for (const touch of touches) {
      if (isLarge(touch)) {
        addTo(this.#large, touch);
        continue;
      }
      let isNew = false;
      for (const key of blocksOf(touch)) {
        const block = this.#blocks.get(key);
        if (block === undefined) this.#blocks.set(key, [touch]);
        if (block === undefined || addTo(block, touch)) isNew = true;
      }
      if (isNew) this.#small.push(touch);
    }
  }

  meets(touches: readonly Touch[]): boolean {
    return touches.some((touch) => {
      const meetsOne = (other: Touch) => overlaps(touch, other) && !areApart(touch.rows, other.rows);
      if (this.#large.some(meetsOne)) return true;
      if (isLarge(touch)) return this.#small.some(meetsOne);
      return blocksOf(touch).some((key) => this.#blocks.get(key)?.some(meetsOne));
    });
  }
}

/** @returns whether it was not there. */
function addTo(list: Touch[], touch: Touch): boolean {
  if (list.some((known) => isSame(known, touch))) return false;
  list.push(touch);
  return true;
}

/** The first and the last block of a place. */
function endsOf({ offset, bytes }: Touch): readonly [number, number] {
  const blockAt = (at: number) => Math.floor(at / 2 ** BLOCK_BITS);
  return [blockAt(offset), blockAt(offset + Math.max(bytes - 1, 0))];
}

function isLarge(touch: Touch): boolean {
  const [first, last] = endsOf(touch);
  return last - first >= MOST_BLOCKS;
}

function blocksOf(touch: Touch): readonly string[] {
  const space = touch.space === "state" ? `state ${touch.index}` : "arena";
  const [first, last] = endsOf(touch);
  return Array.from({ length: last - first + 1 }, (_, k) => `${space} ${first + k}`);
}

function isSame(a: Touch, b: Touch): boolean {
  const isSameSpace = a.space === "state" ? b.space === "state" && a.index === b.index : b.space !== "state";
  return (
    isSameSpace &&
    a.offset === b.offset &&
    a.bytes === b.bytes &&
    a.rows?.share === b.rows?.share &&
    a.rows?.stride === b.rows?.stride &&
    a.rows?.first === b.rows?.first &&
    a.rows?.bytes === b.rows?.bytes
  );
}
