import { checkOptions, DECAY, type Fields, FLAG, NOT_NEGATIVE } from "../core/fields.ts";
import type { Tensor } from "../tensor/tensor.ts";
import { biasCorrection } from "./bias-correction.ts";
import { leastEpsilon } from "./least-epsilon.ts";
import { type Clock, defineOptimizer, OPTIMIZER_CHECKS, type Optimizer, type OptimizerOptions } from "./optimizer.ts";

export interface AdamOptions extends OptimizerOptions {
  /** Decay of the first moment, in [0, 1). Default 0.9. */
  readonly beta1?: number | undefined;
  /** Decay of the second moment, in [0, 1). Default 0.999. */
  readonly beta2?: number | undefined;
  /** Default 1e-8, as in the paper; Keras and TF.js use 1e-7. */
  readonly epsilon?: number | undefined;
  /** The form of the paper's section 2, last paragraph, which Keras uses: epsilon is added to the uncorrected root,
   *    w <- w - lr sqrt(1 - b2^t) / (1 - b1^t) * m / (sqrt(s) + epsilon)
   *  Default false. */
  readonly epsilonHat?: boolean | undefined;
  /** Divide by the largest second moment so far. Default false. */
  readonly amsgrad?: boolean | undefined;
}

export const ADAM_CHECKS: Fields<AdamOptions> = {
  ...OPTIMIZER_CHECKS,
  beta1: DECAY,
  beta2: DECAY,
  epsilon: NOT_NEGATIVE,
  epsilonHat: FLAG,
  amsgrad: FLAG,
};

type Moment = "first" | "second" | "largest";

interface Scalars {
  readonly beta1: Tensor | number;
  /** factor of m */
  readonly rate: Tensor;
  /** factor of sqrt(s) in the denominator; none in the epsilon-hat form, which includes it in the rate */
  readonly rootScale: Tensor | undefined;
}

/** Adam: momentum and RMSProp combined, with both moments corrected for their start at zero.
 *    m <- b1 m + (1 - b1) g        s <- b2 s + (1 - b2) g^2
 *    w <- w - lr * (m / (1 - b1^t)) / (sqrt(s / (1 - b2^t)) + epsilon)          t = 1, 2, ...
 *  amsgrad: the largest s so far replaces s; it is bias-corrected like s, as in PyTorch and Keras.
 *  State: m and s (and the largest s), each shaped like w; t, a counter.
 *  @param options.learningRate step size per update, > 0. Default 1e-3.
 *  @throws `bad-argument` if b1 or b2 is outside [0, 1), or another field is out of range.
 *  Source: Kingma & Ba, "Adam: A Method for Stochastic Optimization", 2015; Reddi, Kale, Kumar, "On the Convergence of Adam and
 *  Beyond", 2018 (amsgrad). */
export function adam(options: AdamOptions = {}): Optimizer {
  checkOptions("adam", options, ADAM_CHECKS);
  return adamNamed("adam", options);
}

/** The rule of `adam` under another name, for checked options. */
export function adamNamed(name: string, options: AdamOptions): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, epsilonHat = false, amsgrad = false } = options;

  function scalars({ t, learningRate, momentum }: Clock): { readonly scalars: Scalars } {
    const decay = momentum ?? beta1;
    const rate = learningRate.div(biasCorrection(decay, t));
    const root = biasCorrection(beta2, t).sqrt();
    return {
      scalars: epsilonHat
        ? { beta1: decay, rate: rate.mul(root), rootScale: undefined }
        : { beta1: decay, rate, rootScale: root.pow(-1) },
    };
  }

  return defineOptimizer<Moment, Scalars>(
    {
      name,
      learningRate: 1e-3,
      usesMomentum: true,
      moments: { first: 0, second: 0, ...(amsgrad ? { largest: 0 } : {}) } as Record<Moment, number>,
      carried: {},
      counts: true,
      scalars,
      element(g, { first, second, largest }, { beta1: b1, rate, rootScale }) {
        // m <- b1 m + (1 - b1) g
        const m = movingAverage(first, g, b1);
        // s <- b2 s + (1 - b2) g^2
        const s = second.mul(beta2).add(g.square().mul(1 - beta2));
        const most = amsgrad ? largest.maximum(s) : largest;
        // w <- w - lr * (m / (1 - b1^t)) / (sqrt(s / (1 - b2^t)) + epsilon)
        const root = (amsgrad ? most : s).sqrt();
        const below = (rootScale ? root.mul(rootScale) : root).add(leastEpsilon.root(epsilon));
        return { change: m.mul(rate).div(below), moments: { first: m, second: s, largest: most } };
      },
    },
    options,
  );
}

/** b m + (1 - b) g, for a number or a scalar tensor b. */
export function movingAverage(m: Tensor, g: Tensor, b: Tensor | number): Tensor {
  const fresh = typeof b === "number" ? 1 - b : b.neg().add(1);
  return m.mul(b).add(g.mul(fresh));
}
