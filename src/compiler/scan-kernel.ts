import { sizeOf, stridesOf } from "../core/shape.ts";
import { makeNode } from "../graph/build.ts";
import { type Graph, isOp, type Node } from "../graph/node.ts";
import { carrySlot } from "../graph/primitives/scan.ts";
import { type Access, squeezeShape, squeezeStrides } from "./access.ts";
import type { Kernel, LoopKernel, Operand, ScanKernel, StepPlace } from "./kernel.ts";

/** What the schedule of a body consists of. */
interface BodySchedule {
  readonly kernels: readonly Kernel[];
  /** for each output of the body's graph the node that holds its values */
  readonly outputs: readonly Node[];
}

/** A loop as kernels: copies of the carried arrays' first values, then the steps.
 *  @param parts the arrays of the loop that other kernels read.
 *  @param operands how it reads its inputs; the first values of carried arrays come last.
 *  @param initial the same first values as operands of loops.
 *  @param scheduleBody cuts a graph into kernels. */
export function scanKernels(
  node: Node<"scan">,
  parts: readonly Node[],
  operands: readonly Access[],
  initial: readonly Operand[],
  scheduleBody: (graph: Graph) => BodySchedule,
): Kernel[] {
  const { body, length, isReversed } = node.attributes;
  const { shared, sequences, carried } = body;
  const memories = carried.map(
    (_, carry) =>
      parts.find((part): part is Node<"scanCarry"> => isOp(part, "scanCarry") && part.attributes.carry === carry) ??
      makeNode("scanCarry", [node], { carry, slots: 2 }),
  );
  const values = parts.filter((part): part is Node<"scanEvery"> => isOp(part, "scanEvery"));
  const outputs = [...carried.map(({ next }) => next), ...values.map(({ attributes }) => attributes.of)];
  const scheduled = scheduleBody({ inputs: [], states: [], outputs });

  const places = new Map<Node, StepPlace>();
  const alongPositions = (array: Node, first: number, size: number): StepPlace => ({
    array,
    start: first + (isReversed ? length - 1 : 0) * size,
    stride: isReversed ? -size : size,
    period: length,
  });
  shared.forEach((input, k) => {
    const { base, offset } = operands[k] as Access;
    places.set(input, { array: base, start: offset, stride: 0, period: 1 });
  });
  sequences.forEach((input, k) => {
    const { base, offset } = operands[shared.length + k] as Access;
    places.set(input, alongPositions(base, offset, sizeOf(input.shape)));
  });
  carried.forEach(({ input }, k) => {
    const memory = memories[k] as Node<"scanCarry">;
    const { slots } = memory.attributes;
    const after = (steps: number): StepPlace => {
      const [slot, following] = [steps, steps + 1].map((count) => carrySlot(node.attributes, slots, count));
      const size = sizeOf(input.shape);
      const stride = ((following as number) - (slot as number)) * size;
      return { array: memory, start: (slot as number) * size, stride, period: slots };
    };
    places.set(input, after(0));
    places.set(scheduled.outputs[k] as Node, after(1));
  });
  values.forEach((part, k) => {
    const held = scheduled.outputs[carried.length + k] as Node;
    places.set(held, alongPositions(part, 0, sizeOf(held.shape)));
  });
  const copies = memories.map((memory, k): LoopKernel => {
    const { shape } = (carried[k] as { readonly input: Node }).input;
    const domain = squeezeShape(shape);
    const slot = carrySlot(node.attributes, memory.attributes.slots, 0);
    return {
      kind: "loop",
      domain,
      isReduced: domain.map(() => false),
      nodes: [
        {
          node: memory,
          level: "full",
          operands: [initial[k] as Operand],
          isStored: true,
          pass: 0,
          lastPass: 0,
        },
      ],
      placement: { offset: slot * sizeOf(shape), strides: squeezeStrides(shape, stridesOf(shape)) },
    };
  });
  const steps: ScanKernel = {
    kind: "scan",
    node,
    length,
    operands: operands.slice(0, shared.length + sequences.length),
    kernels: scheduled.kernels,
    roots: scheduled.outputs,
    arrays: [...memories, ...values],
    places,
  };
  return [...copies, steps];
}
