import { callback, either, type Fields, NOT_NEGATIVE, oneOf, POSITIVE } from "../core/fields.ts";
import type { Shape } from "../core/shape.ts";
import { mapTree, type Tree, treeLeaves } from "../core/tree.ts";
import { full, tensor } from "../tensor/create.ts";
import { type Tensor, where } from "../tensor/tensor.ts";
import { maxNorm } from "./max-norm.ts";
import type { Transform, UpdateContext } from "./transform.ts";
import { branch, leavesOf, treeFrom, withoutGaps } from "./trees.ts";

/** True for parameters that decay must not change. */
export type DecayExclusion = (path: string, parameter: Tensor) => boolean;

/** Options of every optimiser. w is a parameter, g its gradient. */
export interface OptimizerOptions {
  /** step size per update, > 0; a schedule's value replaces it. Defaults: see each optimiser. */
  readonly learningRate?: number | undefined;
  /** g <- g + l2 w: passes through the optimiser, including its moments (PyTorch's `weight_decay`). Default 0. */
  readonly l2?: number | undefined;
  /** g <- g + l1 sign(w). Default 0. */
  readonly l1?: number | undefined;
  /** w <- w - learningRate decay w: bypasses the optimiser (AdamW; Keras's `weight_decay`). Default 0; 0.01 in adamw.
   *  Source: Loshchilov & Hutter, "Decoupled Weight Decay Regularization", 2019. */
  readonly decoupledWeightDecay?: number | undefined;
  /** Parameters that l1, l2 and decay skip: "none" (default: they apply to all, as in PyTorch and Keras),
   *  "vectors" (rank < 2: biases, scales and shifts of normalisations), or a predicate. */
  readonly excludeFromDecay?: "none" | "vectors" | DecayExclusion | undefined;
  /** Limits the norm of the weights into each unit (`projectMaxNorm`). Default: no limit. */
  readonly maxNorm?: number | undefined;
}

export const OPTIMIZER_CHECKS: Fields<OptimizerOptions> = {
  learningRate: POSITIVE,
  l2: NOT_NEGATIVE,
  l1: NOT_NEGATIVE,
  decoupledWeightDecay: NOT_NEGATIVE,
  excludeFromDecay: either(oneOf("none", "vectors"), callback<DecayExclusion>()),
  maxNorm: POSITIVE,
};

/** A transform that turns gradients into steps. */
export interface Optimizer extends Transform {
  readonly name: string;
  /** The step size if the context provides none. */
  readonly defaultLearningRate: number;
  /** Whether a momentum from the context has an effect. */
  readonly usesMomentum: boolean;
}

/** The scalars of one step. */
export interface Clock<Carried extends string = never> {
  /** float32 scalar: 1 at the first step, 2 at the second, … */
  readonly t: Tensor;
  readonly learningRate: Tensor;
  readonly momentum: Tensor | undefined;
  /** values of the previous step */
  readonly carried: Readonly<Record<Carried, Tensor>>;
}

/** How a moment starts: a value in the shape of its parameter, or zeros in another shape. `undefined`: this parameter has no such
 *  moment, and the rule receives `undefined` for it. */
export type MomentStart = number | ((parameter: Tensor) => Shape | undefined);

/** What a rule receives about a parameter besides its gradient. */
export interface Weight {
  /** the parameter after decoupled weight decay */
  readonly w: Tensor;
  /** whether l1, l2 and decay apply to this parameter */
  readonly decays: boolean;
}

/** An optimiser as in its paper: the state per weight, the scalars per step, and the rule.
 *  If the rule is one element-wise expression over (g, moments, scalars, w), a compiled step runs it as one kernel. */
export interface UpdateRule<Moment extends string, Scalars, Carried extends string = never> {
  readonly name: string;
  readonly learningRate: number;
  readonly usesMomentum: boolean;
  /** The state of every parameter, and how it starts. */
  readonly moments: Readonly<Record<Moment, MomentStart>>;
  /** Scalars kept between steps besides the counter, with their initial values. */
  readonly carried: Readonly<Record<Carried, number>>;
  /** Whether the rule needs t; if not, there is no counter. */
  readonly counts: boolean;
  /** Called once per step. */
  scalars(clock: Clock<Carried>): { readonly scalars: Scalars; readonly carried?: Readonly<Record<Carried, Tensor>> };
  /** For every parameter: the amount to subtract, and the new moments. */
  element(
    g: Tensor,
    moments: Readonly<Record<Moment, Tensor>>,
    scalars: Scalars,
    weight: Weight,
  ): { readonly change: Tensor; readonly moments: Readonly<Record<Moment, Tensor>> };
}

/** Makes an optimiser from a rule: walks the trees, updates the counter and moments, adds decay and the max-norm constraint.
 *  State: `{ step: int32 (), …carried scalars, …moments: trees like the parameters, without parameters that have no such moment }`. */
export function defineOptimizer<Moment extends string, Scalars, Carried extends string = never>(
  rule: UpdateRule<Moment, Scalars, Carried>,
  options: OptimizerOptions,
): Optimizer {
  const { l1 = 0, l2 = 0, decoupledWeightDecay = 0, excludeFromDecay = "none" } = options;
  const learningRate = options.learningRate ?? rule.learningRate;
  const momentNames = Object.keys(rule.moments) as Moment[];
  const carriedNames = Object.keys(rule.carried) as Carried[];
  const constraint = options.maxNorm === undefined ? undefined : maxNorm({ maxNorm: options.maxNorm });

  function clockOf(state: Tree<Tensor>, context: UpdateContext): { clock: Clock<Carried>; step: Tensor | undefined } {
    const step = rule.counts ? (branch(state, "step") as Tensor).add(1) : undefined;
    const carried = pick(carriedNames, (name) => branch(state, name) as Tensor);
    const clock = {
      t: step?.cast("float32") ?? full([], 1),
      learningRate: context.learningRate ?? tensor(learningRate),
      momentum: context.momentum,
      carried,
    };
    return { clock, step };
  }

  return {
    name: rule.name,
    defaultLearningRate: learningRate,
    usesMomentum: rule.usesMomentum,

    init(parameters) {
      const moments = pick(momentNames, (name) =>
        withoutGaps(mapTree(parameters, (parameter) => startOf(rule.moments[name], parameter))),
      );
      const carried = pick(carriedNames, (name) => full([], rule.carried[name]));
      return { ...(rule.counts ? { step: full([], 0, "int32") } : {}), ...carried, ...moments };
    },

    update(gradients, state, parameters, context = {}) {
      const { clock, step } = clockOf(state, context);
      const { scalars, carried } = rule.scalars(clock);
      const old = pick(momentNames, (name) => momentsOf(parameters, rule.moments[name], branch(state, name)));
      const slopes = leavesOf(gradients);
      const results = treeLeaves(parameters).map(({ path, leaf: w }, index) => {
        const decays = !isExcluded(excludeFromDecay, path, w);
        // g <- g + l2 w + l1 sign(w)
        let g = slopes[index] as Tensor;
        if (l2 > 0 && decays) g = g.add(w.mul(l2));
        if (l1 > 0 && decays) g = g.add(sign(w).mul(l1));
        const moments = pick(momentNames, (name) => old[name][index] as Tensor);
        // w <- w - learningRate decay w,   w <- w - change
        const shrinkage =
          decoupledWeightDecay > 0 && decays ? w.mul(clock.learningRate.mul(decoupledWeightDecay)) : undefined;
        const result = rule.element(g, moments, scalars, { w: shrinkage ? w.sub(shrinkage) : w, decays });
        const change = shrinkage ? result.change.add(shrinkage) : result.change;
        return { update: change.neg(), moments: result.moments };
      });
      const updates = treeFrom(
        parameters,
        results.map(({ update }) => update),
      );
      const moments = pick(momentNames, (name) =>
        withoutGaps(
          treeFrom(
            parameters,
            results.map((result) => result.moments[name] as Tensor | undefined),
          ),
        ),
      );
      const next = { ...(step ? { step } : {}), ...carried, ...moments };
      const constrained = constraint?.update(updates, {}, parameters).updates ?? updates;
      return { updates: constrained, state: next };
    },
  };
}

function startOf(start: MomentStart, parameter: Tensor): Tensor | undefined {
  if (typeof start === "number") return full(parameter.shape, start);
  const shape = start(parameter);
  return shape && full(shape, 0);
}

/** The moments of a state in the parameters' order; undefined for a parameter without one. */
function momentsOf(parameters: Tree<Tensor>, start: MomentStart, kept: Tree<Tensor>): readonly (Tensor | undefined)[] {
  const leaves = leavesOf(kept);
  if (typeof start === "number") return leaves;
  let next = 0;
  return leavesOf(parameters).map((parameter) => (start(parameter) ? leaves[next++] : undefined));
}

/** -1, 0 or 1. */
export function sign(x: Tensor): Tensor {
  return where(x.greater(0), 1, where(x.less(0), -1, 0));
}

function isExcluded(exclude: "none" | "vectors" | DecayExclusion, path: string, parameter: Tensor): boolean {
  if (exclude === "none") return false;
  return exclude === "vectors" ? parameter.rank < 2 : exclude(path, parameter);
}

/** An object with these keys. */
function pick<Name extends string, Value>(names: readonly Name[], value: (name: Name) => Value): Record<Name, Value> {
  return Object.fromEntries(names.map((name) => [name, value(name)])) as Record<Name, Value>;
}
