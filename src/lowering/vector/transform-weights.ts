import { FunctionBuilder } from "../../codegen/builder.ts";
import type { Register, Target } from "../../codegen/program.ts";
import type { TransformKernel } from "../../compiler/kernel.ts";
import type { Node } from "../../graph/node.ts";
import type { KernelSignature, LoweredKernel } from "./lowered.ts";
import { stripRanges } from "./strip-set.ts";
import { stripWidth, weightPlaneBytes } from "./winograd-plan.ts";
import { PLANES, TRANSFORMED, transformWindow } from "./winograd-transform.ts";

export interface TransformPlan extends KernelSignature {
  readonly channels: number;
  readonly units: number;
  /** columns of a strip */
  readonly width: number;
}

/** Elements of a plane's weights from which they are worth another thread. */
const WORK_PER_GRAIN = 1024;

export function planTransform({ node, operands, channels, units }: TransformKernel, target: Target): TransformPlan {
  const w = operands[0]?.base as Node;
  const sizes = { channels, units, width: stripWidth(units, target) };
  return { ...sizes, arrays: [w, node], key: `transform ${JSON.stringify(sizes)}` };
}

/** Writes the transform of a convolution's weights: (3, 3, C, O) -> strips of O, and for each 16 planes (C, width). */
export function lowerTransform(plan: TransformPlan, target: Target, name: string): LoweredKernel {
  const b = new FunctionBuilder(name, target);
  const { channels, units, width } = plan;
  const { lanes } = target;
  const [w, result] = [b.parameter(), b.parameter()];
  const [begin, end] = b.range();
  const tapBytes = channels * units * 4;
  const planeBytes = weightPlaneBytes(channels, width);
  const vector = (from: Register, to: Register): void =>
    transformWindow(
      b,
      (row, column) => b.load(from, (row * 3 + column) * tapBytes),
      (row, column, value) => b.store(value, to, (row * TRANSFORMED + column) * planeBytes),
    );
  b.loop(begin, end, 1, (channel) => {
    for (const { first, last, width: used } of stripRanges(units, width)) {
      const column = b.indexAdd(b.indexMul(channel, units * 4), first * width * 4);
      const from = b.indexVariable(b.indexAdd(w, column));
      const place = b.indexAdd(b.indexMul(channel, width * 4), first * PLANES * planeBytes);
      const strip = b.indexVariable(b.indexAdd(result, place));
      b.loop(first, last, 1, () => {
        const to = b.indexVariable(strip);
        b.loop(0, used, lanes, () => {
          vector(from, to);
          b.indexAddInto(from, lanes * 4);
          b.indexAddInto(to, lanes * 4);
        });
        b.indexAddInto(strip, PLANES * planeBytes);
      });
    }
  });
  return {
    code: b.finish(),
    items: channels,
    grain: Math.max(1, Math.ceil(WORK_PER_GRAIN / units)),
    scratchBytes: 0,
  };
}
