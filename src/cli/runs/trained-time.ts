import type { RunReader } from "../../runs/types.ts";

/** Time that a run has trained, from the times of its steps: pauses between a stop and a resumption do not count. Undefined if it has no
 *  steps. */
export function trainedMs({ measures, events }: Pick<RunReader, "measures" | "events">): number | undefined {
  const loss = measures.get("loss");
  if (loss === undefined || loss.length === 0) return undefined;
  const beginnings = events.flatMap(({ type, at }) => (type === "started" || type === "resumed" ? [at] : []));
  const { times, length } = loss;
  const first = times[0] as number;
  let sum = 0;
  let next = beginnings.findIndex((at) => at > first);
  // from the beginning to the first step
  const begun = beginnings[0];
  if (begun !== undefined && begun < first) sum += first - begun;
  for (let index = 1; index < length; index++) {
    const [before, now] = [times[index - 1] as number, times[index] as number];
    let from = before;
    while (next >= 0 && next < beginnings.length && (beginnings[next] as number) <= now) {
      from = Math.max(from, beginnings[next] as number);
      next++;
    }
    // a clock may go back
    if (now > from) sum += now - from;
  }
  return sum;
}
