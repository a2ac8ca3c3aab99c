import type { Meaning } from "./series.ts";

// Names of values logged by layer: gradients/fc1.weight, grad_norm/layers.3, layers.3.weight.grad, dense/kernel_0/histogram,
// grad_2.0_norm/fc1.weight, activations/relu1, dense_1_out, activations/relu1/zeros.

const BEFORE = String.raw`(?<=^|[/._:\s-])`;
const AFTER = String.raw`(?=$|[/._:\s-])`;
const NORM = "(?:[_-]?(?:l2[_-]?)?norms?|/(?:l2[_-])?norms?(?=$|/))?(?:[/_-]total)?";
const mark = (words: string, tail = NORM) => new RegExp(`${BEFORE}(?:${words})${tail}${AFTER}`, "i");

/** Marks that show the meaning, strongest first. */
const MARKS = [
  { kind: "gradient", pattern: mark("global[_-]?grad|grads?|gradients?") },
  { kind: "update", pattern: mark("updates?") },
  { kind: "weight", pattern: mark("weights|params?|parameters?|variables|weight[_-]norms?") },
] as const;

/** Marks of shares, at the front or the end. */
const SHARES = [
  { kind: "zeros", pattern: mark("zeros?(?:[_-](?:fraction|share|ratio))?|sparsity", "") },
  { kind: "dead", pattern: mark("dead(?:[_-](?:units|neurons|share|fraction|ratio))?", "") },
  { kind: "saturated", pattern: mark("saturat(?:ed|ion)(?:[_-](?:share|fraction|ratio))?", "") },
] as const;

/** A whole component of the name, at the front or the end. */
const ACTIVATION = /^(?:activations?|acts?|outputs?|out)\/|\/(?:activations?|acts?|outputs?|out)$|_out$/i;

const HISTOGRAM = /\/(?:histogram|hist)$/i;

/** Parameters of one layer, as Keras and PyTorch name them, with Keras's variable number. */
const PARAMETER =
  /[./](?:kernel|weights?|bias(?:es)?|gamma|beta|embeddings?|(?:recurrent|depthwise|pointwise)_kernel|(?:weight|bias)_[ih]h_l\d+(?:_reverse)?|in_proj_(?:weight|bias))(?::\d+|_\d+)?$/i;

/** Not trained. */
const STATE = /[./_](?:moving_(?:mean|variance)|running_(?:mean|var)|num_batches_tracked)(?::\d+|_\d+)?$/i;

/** Statistics other than norms. */
const STATISTIC = /(?:^|[/._-])(?:mean|std|stddev|max|min|abs|var|variance|sum|median|ratio|p\d+)$/i;

/** Reads a name that may belong to a layer. A number under `grad/fc1` counts as a norm; a histogram contains its norm. */
export function layerMeaning(name: string, isDistribution: boolean): Meaning | undefined {
  // Lightning: grad_2.0_norm/fc1.weight, grad_2.0_norm_total
  const plain = name.replace(/\bgrad_\d+(?:\.\d+)?_norm/i, "grad_norm").replace(HISTOGRAM, "");
  if (STATE.test(plain)) return { kind: "other" };
  if (!isDistribution) {
    if (STATISTIC.test(plain)) return undefined;
    const share = SHARES.find(({ pattern }) => pattern.test(plain));
    if (share !== undefined && !MARKS[0].pattern.test(plain)) {
      const layer = tidy(tidy(plain.replace(share.pattern, "")).replace(ACTIVATION, ""));
      return layer === "" ? undefined : { kind: share.kind, layer };
    }
  }
  const marked = MARKS.find(({ pattern }) => pattern.test(plain));
  if (marked !== undefined) {
    const layer = layerOf(plain.replace(marked.pattern, ""));
    return layer === "" ? { kind: marked.kind } : { kind: marked.kind, layer };
  }
  if (!isDistribution) return undefined;
  if (PARAMETER.test(plain)) return { kind: "weight", layer: layerOf(plain) };
  if (ACTIVATION.test(plain)) {
    const layer = tidy(plain.replace(ACTIVATION, ""));
    return layer === "" ? undefined : { kind: "activation", layer };
  }
  return undefined;
}

/** `train/layers.3.weight` -> layers.3; empty if no layer is left. */
function layerOf(name: string): string {
  const path = tidy(tidy(name).replace(/^(?:train|training|model|global|total|all|overall)(?:[/._-]|$)/i, ""));
  // gradients/global_norm
  return /^(?:l2[_-])?norms?$/i.test(path) ? "" : tidy(`/${path}`.replace(PARAMETER, ""));
}

/** Removes separators at the ends and repeated ones in the middle. */
function tidy(name: string): string {
  return name.replace(/([/._:\s-])[/._:\s-]+/g, "$1").replace(/^[/._:\s-]+|[/._:\s-]+$/g, "");
}
