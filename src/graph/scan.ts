import { makeNode } from "./build.ts";
import { isOp, type Node, type Op, type ScanBody } from "./node.ts";
import { topologicalOrder } from "./walk.ts";

/** A step as it was traced: its nodes may read nodes of the graph outside. */
export interface OpenBody {
  readonly sequences: readonly Node<"input">[];
  readonly carried: readonly { readonly input: Node<"input">; readonly next: Node }[];
  /** other values of the step that will be read */
  readonly values?: readonly Node[];
}

/** What a loop reads outside, and how it runs. */
export interface ScanOperands {
  /** (T, ...shape) for each of the body's sequences */
  readonly sequences: readonly Node[];
  /** for each of the carried arrays its value before the first step */
  readonly initial: readonly Node[];
  readonly length: number;
  readonly isReversed: boolean;
}

/** Makes a loop of a traced step. What the step reads outside becomes an input of the loop.
 *  @returns the loop, and for each of the body's `values` its node in the closed body. */
export function makeScan(
  { sequences, carried, values = [] }: OpenBody,
  operands: ScanOperands,
): { readonly loop: Node<"scan">; readonly values: readonly Node[] } {
  const own = [...sequences, ...carried.map(({ input }) => input)];
  const roots = [...carried.map(({ next }) => next), ...values];
  const inside = new Set<Node>(own);
  const order = topologicalOrder(roots);
  for (const node of order) if (node.inputs.some((input) => inside.has(input))) inside.add(node);
  const placeholders = new Map<Node, Node<"input">>();
  const closed = new Map<Node, Node>();
  const close = (node: Node): Node => {
    if (inside.has(node)) return closed.get(node) ?? node;
    if (isPlain(node)) return node;
    let input = placeholders.get(node);
    if (input === undefined) {
      input = placeholder(`shared ${placeholders.size}`, node);
      placeholders.set(node, input);
    }
    return input;
  };
  for (const node of order) {
    if (!inside.has(node)) continue;
    const inputs = node.inputs.map(close);
    const isSame = inputs.every((input, index) => input === node.inputs[index]);
    closed.set(node, isSame ? node : makeNode<Op>(node.op, inputs, node.attributes));
  }
  const body: Omit<ScanBody, "shared"> = {
    sequences,
    carried: carried.map(({ input, next }) => ({ input, next: close(next) })),
  };
  const closedValues = values.map(close);
  const { length, isReversed } = operands;
  const shared = [...placeholders.keys()];
  // placeholders that only values read have been added by now
  const inputs = [...shared, ...operands.sequences, ...operands.initial];
  const attributes = { body: { ...body, shared: [...placeholders.values()] }, length, isReversed };
  return { loop: makeNode("scan", inputs, attributes), values: closedValues };
}

/** The value of a node of a loop's body at every position: (T, ...shape). */
export function everyStep(loop: Node<"scan">, of: Node): Node {
  const { shared, sequences } = loop.attributes.body;
  const sequence = sequences.indexOf(of as Node<"input">);
  return sequence >= 0 ? (loop.inputs[shared.length + sequence] as Node) : makeNode("scanEvery", [loop], { of });
}

/** The inputs of a loop by their roles. */
export function scanOperands({ inputs, attributes: { body } }: Node<"scan">): {
  readonly shared: readonly Node[];
  readonly sequences: readonly Node[];
  readonly initial: readonly Node[];
} {
  const [first, second] = [body.shared.length, body.shared.length + body.sequences.length];
  return { shared: inputs.slice(0, first), sequences: inputs.slice(first, second), initial: inputs.slice(second) };
}

/** An input of a body, of the shape and type of what it stands for. */
export function placeholder(name: string, { shape, dtype }: Pick<Node, "shape" | "dtype">): Node<"input"> {
  return makeNode("input", [], { name, shape, dtype });
}

/** One number everywhere: nothing that a loop would have to be given. */
function isPlain(node: Node): boolean {
  let source = node;
  while (source.op === "broadcast" || source.op === "reshape") source = source.inputs[0] as Node;
  return isOp(source, "constant") || isOp(source, "iota");
}
