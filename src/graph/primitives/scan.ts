import { type HostArray, referenceStorage } from "../../core/dtype.ts";
import { GradusError } from "../../core/errors.ts";
import { formatShape, type Shape, sameShape, sizeOf } from "../../core/shape.ts";
import type { Node, ScanAttributes } from "../node.ts";
import { topologicalOrder } from "../walk.ts";
import type { Primitive } from "./primitive.ts";

/** A loop that has run: what it read, and what it carried before each step and after the last, in the order of the steps. */
interface Run {
  readonly attributes: ScanAttributes;
  readonly inputs: readonly HostArray[];
  readonly history: readonly (readonly HostArray[])[];
}

/** A loop's value is no array: this one stands for it, and its run is remembered here. */
const runs = new WeakMap<HostArray["data"], Run>();

/** Evaluates one node from its inputs' values, by definition. */
type Evaluate = (node: Node, inputs: readonly HostArray[]) => HostArray;

/** The slice of a sequence at one position. */
function sliceAt({ shape, dtype, data }: HostArray, position: number): HostArray {
  const inner = shape.slice(1);
  const size = sizeOf(inner);
  return { shape: inner, dtype, data: data.subarray(position * size, (position + 1) * size) } as HostArray;
}

/** The values of some nodes of the body in one step. */
function stepValues(evaluate: Evaluate, run: Run, step: number, wanted: readonly Node[]): HostArray[] {
  const { body, length, isReversed } = run.attributes;
  const position = isReversed ? length - 1 - step : step;
  const values = new Map<Node, HostArray>();
  const { shared, sequences, carried } = body;
  shared.forEach((node, index) => {
    values.set(node, run.inputs[index] as HostArray);
  });
  sequences.forEach((node, index) => {
    values.set(node, sliceAt(run.inputs[shared.length + index] as HostArray, position));
  });
  carried.forEach(({ input }, index) => {
    values.set(input, (run.history[step] as readonly HostArray[])[index] as HostArray);
  });
  const get = (node: Node) => values.get(node) as HostArray;
  for (const node of topologicalOrder(wanted)) {
    if (!values.has(node)) values.set(node, evaluate(node, node.inputs.map(get)));
  }
  return wanted.map(get);
}

function runOf(loop: HostArray | undefined): Run {
  return runs.get((loop as HostArray).data) as Run;
}

function carriedBy(loop: Node | undefined, carry: number): Node {
  return ((loop as Node<"scan">).attributes.body.carried[carry] as { readonly input: Node }).input;
}

function requireShapeOf(what: string, node: Node | undefined, shape: Shape): void {
  if (node !== undefined && sameShape(node.shape, shape)) return;
  throw new GradusError(
    "shape-mismatch",
    `scan: ${what} must be ${formatShape(shape)}, got ${node ? formatShape(node.shape) : "nothing"}.`,
  );
}

/** The slot that holds a carried array after a number of steps. */
export function carrySlot({ length, isReversed }: ScanAttributes, slots: number, steps: number): number {
  return isReversed && slots === length + 1 ? length - steps : steps % slots;
}

/** Loops, and what is read of them.
 *  @param evaluateNode any node by definition: the body consists of other primitives. */
export function loops(evaluateNode: Evaluate): {
  readonly [O in "scan" | "scanEvery" | "scanLast" | "scanCarry"]: Primitive<O>;
} {
  return { scan: scan(evaluateNode), scanEvery: scanEvery(evaluateNode), scanLast, scanCarry };
}

const scan = (evaluateNode: Evaluate): Primitive<"scan"> => ({
  arity: -1,
  infer(inputs, { body: { shared, sequences, carried }, length }) {
    shared.forEach((node, index) => {
      requireShapeOf(`shared array ${index}`, inputs[index], node.shape);
    });
    sequences.forEach((node, index) => {
      requireShapeOf(`sequence ${index}`, inputs[shared.length + index], [length, ...node.shape]);
    });
    carried.forEach(({ input, next }, index) => {
      requireShapeOf(`carried array ${index}`, inputs[shared.length + sequences.length + index], input.shape);
      requireShapeOf(`the next value of carried array ${index}`, next, input.shape);
    });
    return { shape: [], dtype: "float32" };
  },
  evaluate(inputs, attributes, output) {
    const { body, length } = attributes;
    const first = inputs.slice(body.shared.length + body.sequences.length);
    const history: (readonly HostArray[])[] = [first];
    const run: Run = { attributes, inputs, history };
    const next = body.carried.map((item) => item.next);
    for (let step = 0; step < length; step++) history.push(stepValues(evaluateNode, run, step, next));
    const data = referenceStorage("float32", 1);
    runs.set(data, run);
    return { ...output, data };
  },
});

const scanEvery = (evaluateNode: Evaluate): Primitive<"scanEvery"> => ({
  arity: 1,
  infer([loop], { of }) {
    return { shape: [(loop as Node<"scan">).attributes.length, ...of.shape], dtype: of.dtype };
  },
  evaluate([loop], { of }, output) {
    const run = runOf(loop);
    const { length, isReversed } = run.attributes;
    const data = referenceStorage(output.dtype, sizeOf(output.shape));
    for (let step = 0; step < length; step++) {
      const position = isReversed ? length - 1 - step : step;
      data.set((stepValues(evaluateNode, run, step, [of])[0] as HostArray).data, position * sizeOf(of.shape));
    }
    return { ...output, data };
  },
});

const scanLast: Primitive<"scanLast"> = {
  arity: 1,
  infer([loop], { carry }) {
    const { shape, dtype } = carriedBy(loop, carry);
    return { shape, dtype };
  },
  evaluate([loop], { carry }, output) {
    const { history } = runOf(loop);
    const last = history.at(-1) as readonly HostArray[];
    return { ...output, data: (last[carry] as HostArray).data };
  },
};

const scanCarry: Primitive<"scanCarry"> = {
  arity: 1,
  infer([loop], { carry, slots }) {
    const { shape, dtype } = carriedBy(loop, carry);
    return { shape: [slots, ...shape], dtype };
  },
  evaluate([loop], { carry, slots }, output) {
    const { attributes, history } = runOf(loop);
    const data = referenceStorage(output.dtype, sizeOf(output.shape));
    history.forEach((values, step) => {
      const { data: value } = values[carry] as HostArray;
      data.set(value, carrySlot(attributes, slots, step) * value.length);
    });
    return { ...output, data };
  },
};
