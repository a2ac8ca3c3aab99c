import { type Location, overlaps } from "../../compiler/location.ts";
import { append } from "../../core/extremes.ts";

/** What a call touches in memory. */
interface Touching {
  readonly reads: readonly Location[];
  readonly writes: readonly Location[];
}

/** For each call, in order: must all threads have finished the calls before it? A barrier goes before a call that touches what another
 *  thread may still be writing, or writes what another may still be reading. */
export function barriersBefore(calls: readonly Touching[]): boolean[] {
  let reads: Location[] = [];
  let writes: Location[] = [];
  return calls.map((call) => {
    const barrier = meets(call.reads, writes) || meets(call.writes, writes) || meets(call.writes, reads);
    if (barrier) {
      reads = [];
      writes = [];
    }
    append(reads, call.reads);
    append(writes, call.writes);
    return barrier;
  });
}

function meets(some: readonly Location[], others: readonly Location[]): boolean {
  return some.some((a) => others.some((b) => overlaps(a, b)));
}
