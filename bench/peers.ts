import { type Command, type Figure, figureOf } from "./child.ts";
import { median, round, sorted } from "./numbers.ts";

/** Runs our command and a peer's in turn, each in a separate process, so that a drifting machine affects both alike.
 *  @param peer a shell command that takes the workload as its last argument. */
export async function comparePeers(workload: string, own: Command, peer: string, pairs: number): Promise<object> {
  // `exec` replaces the shell, so that the memory read is the peer's
  const theirCommand = { program: "sh", parameters: ["-c", `exec ${peer} ${workload}`] };
  const ours: Figure[] = [];
  const theirs: Figure[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    ours.push(await figureOf(own, workload));
    theirs.push(await figureOf(theirCommand, workload));
  }
  const ratios = sorted(ours.map(({ ms }, pair) => (theirs[pair] as Figure).ms / ms));
  const least = (figures: readonly Figure[]) => round(Math.min(...figures.map(({ min_ms }) => min_ms)));
  const most = (figures: readonly Figure[]) => Math.max(...figures.map(({ peak_mb = 0 }) => peak_mb));
  const typical = (figures: readonly Figure[]) => round(median(figures.map(({ ms }) => ms)));
  return {
    workload,
    peer: theirs.at(-1)?.peer ?? peer,
    pairs,
    ms: typical(ours),
    peer_ms: typical(theirs),
    // the best single step of each: the difference that remains when nothing disturbs either
    min_ms: least(ours),
    peer_min_ms: least(theirs),
    // peak memory of the whole process, the largest of all pairs
    peak_mb: most(ours),
    peer_peak_mb: most(theirs),
    // above 1: ours is faster
    ratio: round(median(ratios)),
    ratio_min: round(ratios[0] as number),
    ratio_max: round(ratios.at(-1) as number),
  };
}
