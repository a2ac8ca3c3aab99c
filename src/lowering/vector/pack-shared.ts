import type { Target } from "../../codegen/program.ts";
import { type Access, squeezeShape, squeezeStrides } from "../../compiler/access.ts";
import type { Kernel, LoopKernel, MatmulKernel, ScanKernel, StepPlace } from "../../compiler/kernel.ts";
import type { Schedule } from "../../compiler/schedule.ts";
import { makeNode } from "../../graph/build.ts";
import type { Node } from "../../graph/node.ts";
import { placeholder } from "../../graph/scan.ts";
import { unitOfGroups } from "./epilogue.ts";
import { columnStrips, tileFor } from "./matmul-plan.ts";

/** Packs matrices that are the right side of a product in every step of a loop before the loop, once for all steps and threads. */
export function packShared(scheduled: Schedule, target: Target): Schedule {
  const kernels = scheduled.kernels.flatMap((kernel) =>
    kernel.kind === "scan" ? packedLoop(kernel, target) : [kernel],
  );
  return { ...scheduled, kernels };
}

function packedLoop(loop: ScanKernel, target: Target): readonly Kernel[] {
  const copies: LoopKernel[] = [];
  const operands: Access[] = [...loop.operands];
  const places = new Map(loop.places);
  const kernels = loop.kernels.map((kernel): Kernel => {
    if (kernel.kind !== "matmul" || !canPack(kernel)) return kernel;
    const place = loop.places.get(kernel.right.base);
    if (place === undefined || place.stride !== 0 || place.period !== 1) return kernel;
    const { array, parts } = packed(kernel, place, target);
    const inside = placeholder("packed", array);
    places.set(inside, { array, start: 0, stride: 0, period: 1 });
    operands.push({ base: array, offset: 0, strides: [0] });
    for (const part of parts) copies.push(part);
    return { ...kernel, right: { ...kernel.right, base: inside, offset: 0 }, isRightPacked: true };
  });
  return copies.length > 0 ? [...copies, { ...loop, kernels, operands, places }] : [loop];
}

function canPack({ node, epilogue, isRightPacked }: MatmulKernel): boolean {
  return node.shape.length === 2 && epilogue?.isTransposed !== true && isRightPacked !== true;
}

/** The array of all panels, one strip of columns after the other: a panel has the strip's columns of row 0, then those of row 1, and so on.
 *  With groups of columns, a unit has strips of each group. */
function packed(
  { node, right, epilogue }: MatmulKernel,
  place: StepPlace,
  target: Target,
): { readonly array: Node; readonly parts: readonly LoopKernel[] } {
  const columns = node.shape[1] as number;
  const inner = (node.inputs[0] as Node).shape[1] as number;
  const [down, across] = right.strides as [number, number];
  const { vectors } = tileFor(target);
  const width = vectors * target.lanes;
  const { strips, whole } = columnStrips(columns, target, epilogue !== undefined);
  const panel = inner * width;
  const first = place.start + right.offset;
  const array = makeNode("pad", [node.inputs[1] as Node], {
    before: [0, 0],
    after: [0, strips.length * width - columns],
    interior: [0, 0],
    value: 0,
  });
  const copy = (
    sizes: readonly number[],
    from: number,
    reads: readonly number[],
    to: number,
    writes: readonly number[],
  ) => ({
    kind: "loop" as const,
    domain: squeezeShape(sizes),
    isReduced: squeezeShape(sizes).map(() => false),
    nodes: [
      {
        node: array,
        level: "full" as const,
        operands: [
          {
            from: "memory" as const,
            access: { base: place.array, offset: from, strides: squeezeStrides(sizes, reads) },
          },
        ],
        isStored: true,
        pass: 0,
        lastPass: 0,
      },
    ],
    placement: { offset: to, strides: squeezeStrides(sizes, writes) },
  });
  const groups = epilogue?.groups ?? 1;
  if (epilogue && groups > 1) {
    const unit = (unitOfGroups(epilogue.loop, target, vectors) as number) / width;
    const units = columns / groups / width / unit;
    const sizes = [units, groups, unit, inner, width];
    const reads = [unit * width * across, (columns / groups) * across, width * across, down, across];
    return { array, parts: [copy(sizes, first, reads, 0, [groups * unit * panel, unit * panel, panel, width, 1])] };
  }
  const parts =
    whole > 0 ? [copy([whole, inner, width], first, [width * across, down, across], 0, [panel, width, 1])] : [];
  strips.slice(whole).forEach((strip, k) => {
    parts.push(
      copy([inner, strip.width], first + strip.start * across, [down, across], (whole + k) * panel, [width, 1]),
    );
  });
  return { array, parts };
}
