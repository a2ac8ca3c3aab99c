import type { Graph, Node } from "../graph/node.ts";
import { expand } from "./expand.ts";
import type { Location } from "./location.ts";
import { type MemoryPlan, planMemory } from "./memory.ts";
import { pushSlices } from "./push-slices.ts";
import { type Schedule, schedule } from "./schedule.ts";
import { settleScans } from "./settle-scans.ts";
import { shareConcats } from "./share-concats.ts";
import { simplify } from "./simplify.ts";

/** A graph as kernels that have places in memory: what every lowering starts from. */
export interface PlannedGraph extends MemoryPlan {
  /** in the graph's order; undefined for an input that no kernel reads */
  readonly inputs: readonly (Location | undefined)[];
  readonly outputs: readonly Location[];
  readonly literals: readonly { readonly node: Node<"literal">; readonly location: Location }[];
}

/** From a graph to kernels and a memory plan: expand, simplify, cut into kernels, join kernels, plan memory.
 *  @param fuse false: a kernel for every operation.
 *  @param join joins kernels as the target wants them, before memory is planned. */
export function planGraph(graph: Graph, fuse: boolean, join: (scheduled: Schedule) => Schedule): PlannedGraph {
  const simple = prepared(graph);
  const scheduled = joined(schedule(simple, fuse), join);
  const plan = planMemory(simple, scheduled);
  const locate = (node: Node) => plan.locations.get(node);
  const literals = [...plan.locations].filter(([node]) => node.op === "literal");
  return {
    ...plan,
    inputs: simple.inputs.map(locate),
    outputs: scheduled.outputs.map((node) => locate(node) as Location),
    literals: literals.map(([node, location]) => ({ node: node as Node<"literal">, location })),
  };
}

/** Joins kernels, within the steps of loops first. */
function joined(scheduled: Schedule, join: (scheduled: Schedule) => Schedule): Schedule {
  const kernels = scheduled.kernels.map((kernel) =>
    kernel.kind === "scan"
      ? { ...kernel, kernels: joined({ kernels: kernel.kernels, states: [], outputs: kernel.roots }, join).kernels }
      : kernel,
  );
  return join({ ...scheduled, kernels });
}

/** The graph in the form that kernels are made from: rewritten, with the same values. */
export function prepared(graph: Graph): Graph {
  return shareConcats(pushSlices(simplify(expand(settleScans(graph, prepared)))));
}
