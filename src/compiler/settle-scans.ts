import { makeNode, reshape } from "../graph/build.ts";
import { type Graph, isOp, type Node, type Op, type ScanBody } from "../graph/node.ts";
import { carrySlot } from "../graph/primitives/scan.ts";
import { graphRoots, topologicalOrder } from "../graph/walk.ts";

/** Brings loops into the form that kernels are made from: their bodies prepared like any graph, and everything read of a carried array as a
 *  view of that array's memory. Where every value is read, all of them stay in memory, otherwise two in turn.
 *  @param prepare rewrites a graph, here the body. */
export function settleScans(graph: Graph, prepare: (graph: Graph) => Graph): Graph {
  const roots = graphRoots(graph);
  const order = topologicalOrder(roots);
  /** of each loop the values that are read of every step */
  const reads = new Map<Node, Set<Node>>();
  for (const node of order) if (isOp(node, "scan")) reads.set(node, new Set());
  if (reads.size === 0) return graph;
  for (const node of order) if (isOp(node, "scanEvery")) reads.get(node.inputs[0] as Node)?.add(node.attributes.of);

  const done = new Map<Node, Node>();
  const views = new Map<Node, SettledLoop>();
  for (const node of order) {
    const inputs = node.inputs.map((input) => done.get(input) as Node);
    if (isOp(node, "scan")) {
      const settled = new SettledLoop(node, inputs, reads.get(node) as Set<Node>, prepare);
      views.set(node, settled);
      done.set(node, settled.loop);
    } else if (isOp(node, "scanEvery") || isOp(node, "scanLast")) {
      done.set(node, (views.get(node.inputs[0] as Node) as SettledLoop).viewOf(node));
    } else {
      const isSame = inputs.every((input, index) => input === node.inputs[index]);
      done.set(node, isSame ? node : makeNode<Op>(node.op, inputs, node.attributes));
    }
  }
  const get = (node: Node) => done.get(node) as Node;
  return {
    inputs: graph.inputs,
    states: graph.states.map(({ input, next }) => ({ input, next: get(next) })),
    outputs: graph.outputs.map(get),
  };
}

class SettledLoop {
  readonly loop: Node<"scan">;
  readonly #before: ScanBody;
  /** the memory of each carried array */
  readonly #memories: readonly Node<"scanCarry">[];
  /** nodes of the body before it was rewritten -> after */
  readonly #values: ReadonlyMap<Node, Node>;

  constructor(loop: Node<"scan">, inputs: readonly Node[], every: ReadonlySet<Node>, prepare: (graph: Graph) => Graph) {
    const { body, length, isReversed } = loop.attributes;
    const isCarried = (node: Node) => body.carried.some(({ input, next }) => node === input || node === next);
    const values = [...every].filter((node) => !isCarried(node));
    const next = body.carried.map((item) => item.next);
    const { outputs } = prepare({ inputs: [], states: [], outputs: [...next, ...values] });
    const carried = body.carried.map(({ input }, k) => ({ input, next: outputs[k] as Node }));
    this.#before = body;
    this.loop = makeNode("scan", inputs, { body: { ...body, carried }, length, isReversed });
    this.#values = new Map(values.map((node, index) => [node, outputs[next.length + index] as Node]));
    this.#memories = body.carried.map((item, carry) => {
      const slots = every.has(item.input) || every.has(item.next) ? length + 1 : 2;
      return makeNode("scanCarry", [this.loop], { carry, slots });
    });
  }

  viewOf(read: Node<"scanEvery"> | Node<"scanLast">): Node {
    const { length, isReversed } = this.loop.attributes;
    if (isOp(read, "scanLast")) {
      const memory = this.#memories[read.attributes.carry] as Node<"scanCarry">;
      return reshape(partOf(memory, carrySlot(this.loop.attributes, memory.attributes.slots, length), 1), read.shape);
    }
    const { of } = read.attributes;
    const value = this.#values.get(of);
    if (value) return makeNode("scanEvery", [this.loop], { of: value });
    const carry = this.#before.carried.findIndex(({ input, next }) => of === input || of === next);
    const isBefore = this.#before.carried[carry]?.input === of;
    return partOf(this.#memories[carry] as Node, isBefore === isReversed ? 1 : 0, length);
  }
}

/** Neighbouring slots. */
function partOf(memory: Node, start: number, count: number): Node {
  const rest = memory.shape.slice(1);
  return makeNode("slice", [memory], {
    start: [start, ...rest.map(() => 0)],
    size: [count, ...rest],
    step: memory.shape.map(() => 1),
  });
}
