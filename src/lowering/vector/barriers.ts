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

/** Places that calls since the last barrier have touched. */
class Touched {
  readonly #blocks = new Map<string, Touch[]>();

  add(touches: readonly Touch[]): void {
    for (const touch of touches) {
      for (const key of blocksOf(touch)) {
        const block = this.#blocks.get(key);
        if (block === undefined) this.#blocks.set(key, [touch]);
        else if (!block.some((known) => isSame(known, touch))) block.push(touch);
      }
    }
  }

  meets(touches: readonly Touch[]): boolean {
    return touches.some((touch) =>
      blocksOf(touch).some((key) =>
        this.#blocks.get(key)?.some((other) => overlaps(touch, other) && !areApart(touch.rows, other.rows)),
      ),
    );
  }
}

function blocksOf(touch: Touch): readonly string[] {
  const space = touch.space === "state" ? `state ${touch.index}` : "arena";
  const [first, last] = [touch.offset, touch.offset + Math.max(touch.bytes - 1, 0)].map((at) =>
    Math.floor(at / 2 ** BLOCK_BITS),
  ) as [number, number];
  return Array.from({ length: last - first + 1 }, (_, k) => `${space} ${first + k}`);
}

function isSame(a: Touch, b: Touch): boolean {
  return (
    a.offset === b.offset &&
    a.bytes === b.bytes &&
    a.rows?.share === b.rows?.share &&
    a.rows?.stride === b.rows?.stride &&
    a.rows?.first === b.rows?.first &&
    a.rows?.bytes === b.rows?.bytes
  );
}
