import { gradients } from "../autodiff/gradients.ts";
import type { HostArray } from "../core/dtype.ts";
import { GradusError } from "../core/errors.ts";
import { checkOptions, POSITIVE } from "../core/fields.ts";
import { requireHostArray } from "../core/host-array.ts";
import { makeNode } from "../graph/build.ts";
import { createReferenceBackend } from "../runtime/reference/interpreter.ts";
import { Tensor } from "./tensor.ts";

export interface GradientCheck {
  /** largest |analytic - numerical| / max(1, |analytic|, |numerical|) over all elements */
  readonly worst: number;
  /** where it was found: which argument, which element */
  readonly at: { readonly argument: number; readonly element: number };
  readonly analytic: number;
  readonly numerical: number;
}

/** Compares a function's gradient with central differences, in float64 on the reference backend:
 *    (f(x + h) - f(x - h)) / 2h,   h = 1e-5 by default
 *  @param fn from tensors to one tensor of any shape; its elements are weighted by fixed different numbers and summed,
 *    so that errors do not cancel.
 *  @param values one array for each argument; only float32 arguments are perturbed.
 *  @param options.tolerance default 1e-6; a larger error throws `not-differentiable` with the place. Pass Infinity to measure only. */
export function checkGradients(
  fn: (...tensors: Tensor[]) => Tensor,
  values: readonly HostArray[],
  options: { readonly step?: number; readonly tolerance?: number } = {},
): GradientCheck {
  checkOptions<typeof options>("checkGradients", options, { step: POSITIVE, tolerance: POSITIVE });
  const { step = 1e-5, tolerance = 1e-6 } = options;
  const backend = createReferenceBackend();
  const nodes = values.map((value, index) => {
    const name = `argument ${index}`;
    requireHostArray(`checkGradients: ${name}`, value);
    return makeNode("input", [], { name, shape: value.shape, dtype: value.dtype });
  });
  const output = fn(...nodes.map((node) => new Tensor(node)));
  const weights = output.dtype === "float32" ? weigh(output) : output;
  const floats = nodes.filter((node) => node.dtype === "float32");
  const derivatives = gradients(weights.node, floats);
  const forward = backend.compileNow({ inputs: nodes, states: [], outputs: [weights.node] }, []);
  const backward = backend.compileNow({ inputs: nodes, states: [], outputs: derivatives }, []);
  const exact = values.map((value) => ({ ...value, data: value.data.slice() }));
  const analytic = backward.run(exact);
  const valueAt = () => (forward.run(exact)[0] as HostArray).data[0] as number;

  let worst: GradientCheck = { worst: 0, at: { argument: 0, element: 0 }, analytic: 0, numerical: 0 };
  let position = 0;
  values.forEach((value, argument) => {
    if (value.dtype !== "float32") return;
    const { data } = exact[argument] as HostArray;
    const derivative = analytic[position++] as HostArray;
    for (let element = 0; element < data.length; element++) {
      const original = data[element] as number;
      data[element] = original + step;
      const above = valueAt();
      data[element] = original - step;
      const below = valueAt();
      data[element] = original;
      const numerical = (above - below) / (2 * step);
      const exactValue = derivative.data[element] as number;
      const error = Math.abs(exactValue - numerical) / Math.max(1, Math.abs(exactValue), Math.abs(numerical));
      if (!(error <= worst.worst)) worst = { worst: error, at: { argument, element }, analytic: exactValue, numerical };
    }
  });
  if (!(worst.worst <= tolerance)) {
    throw new GradusError(
      "not-differentiable",
      `checkGradients: argument ${worst.at.argument}, element ${worst.at.element}: the rule gives ${worst.analytic}, differences give ${worst.numerical}.`,
      { ...worst },
    );
  }
  return worst;
}

/** Sum of element i times a weight between 0.5 and 1.5 that differs from element to element. */
function weigh(output: Tensor): Tensor {
  const flat = output.flatten();
  const positions = new Tensor(makeNode("iota", [], { shape: flat.shape, axis: 0 })).cast("float32");
  return flat.mul(positions.mul(2.399963).sin().mul(0.5).add(1)).sum();
}
