import type { HostArray } from "../../src/core/dtype.ts";
import type { Tree } from "../../src/core/tree.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { compile } from "../../src/tensor/compile.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

/** Runs a function of tensors once, on a given backend. */
export async function evaluateOn(
  backend: Backend,
  inputs: Readonly<Record<string, HostArray>>,
  fn: (inputs: Readonly<Record<string, Tensor>>) => Readonly<Record<string, Tensor>>,
): Promise<Readonly<Record<string, HostArray>>> {
  const step = await compile<Record<string, Tensor>, Record<string, Tensor>, Tree<Tensor>>(
    (_, batch) => ({ outputs: fn(batch) }),
    { state: {}, backend },
  );
  const outputs = step.runSync(inputs) as Readonly<Record<string, HostArray>>;
  step.dispose();
  return outputs;
}
