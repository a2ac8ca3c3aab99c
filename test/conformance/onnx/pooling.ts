import { sizeOf } from "../../../src/core/shape.ts";
import { makeNode } from "../../../src/graph/build.ts";
import { globalAvgPool, globalMaxPool } from "../../../src/nn/conv/global-pool.ts";
import { channelsFirst, channelsLast } from "../../../src/nn/conv/layout.ts";
import { avgPool, lpPool, maxPool } from "../../../src/nn/conv/pool.ts";
import { type PoolOptions, poolWindows } from "../../../src/nn/conv/pool-windows.ts";
import { range } from "../../../src/tensor/create.ts";
import { Tensor } from "../../../src/tensor/tensor.ts";
import { windowArgmax } from "../../../src/tensor/windows.ts";
import { Unsupported } from "../case.ts";
import type { Call, Operator } from "./operator.ts";
import { windowOptions } from "./windows.ts";

function kernelOf(call: Call): readonly number[] {
  const kernel = call.numbers("kernel_shape");
  if (!kernel) throw new Unsupported(`${call.vector.op} without kernel_shape`);
  return kernel;
}

function poolOptions(call: Call): PoolOptions {
  const options = windowOptions(call, call.input(0).shape.slice(2), kernelOf(call));
  return { ...options, ceilMode: call.flag("ceil_mode", false) };
}

/** The position of every element in the flat input; with storage_order 1 the spatial axes count backwards, first axis
 *  fastest. */
function positionsOf(x: Tensor, columnsFirst: boolean): Tensor {
  const [lead, spatial] = [x.shape.slice(0, 2), x.shape.slice(2)];
  if (!columnsFirst) return range(sizeOf(x.shape)).reshape(x.shape);
  const order = [0, 1, ...spatial.map((_, axis) => x.rank - 1 - axis)];
  return range(sizeOf(x.shape))
    .reshape([...lead, ...spatial.toReversed()])
    .transpose(order);
}

/** The largest elements and their positions in the whole input. Integers pass through floats, which represent them
 *  exactly. */
const largest: Operator = (call) => {
  const [given, kernel, options] = [call.input(0), kernelOf(call), poolOptions(call)];
  const x = given.cast("float32");
  const { windows } = poolWindows("MaxPool", x.shape.slice(2), kernel, options);
  const chosen = windowArgmax(channelsLast(x), windows);
  const positions = channelsLast(positionsOf(x, call.flag("storage_order", false)).cast("float32"));
  const found = new Tensor(makeNode("windowGather", [positions.node, chosen.node], windows));
  return [maxPool(x, kernel, options).cast(given.dtype), channelsFirst(found).cast("int32")];
};

export const POOLING: Readonly<Record<string, Operator>> = {
  MaxPool: largest,
  AveragePool: (call) => [
    avgPool(call.input(0), kernelOf(call), {
      ...poolOptions(call),
      countIncludePad: call.flag("count_include_pad", false),
    }),
  ],
  LpPool: (call) => [lpPool(call.input(0), kernelOf(call), { ...poolOptions(call), p: call.number("p", 2) })],
  GlobalAveragePool: (call) => [globalAvgPool(call.input(0), true)],
  GlobalMaxPool: (call) => [globalMaxPool(call.input(0), true)],
};
