import type { Texts } from "../texts.ts";

/** What was measured, and the limit. Gaps are filled from the evidence's value, threshold and values (src/doctor/evidence.ts). */
export const evidence = {
  "output-activation":
    "The network ends with {activation}[, but the loss {loss} expects {expected}].[ {value%} of the targets are outside the range of this activation (limit {threshold%}).]",
  "output-units":
    "The network outputs {units} number per sample[ ({activation})]. That cannot distinguish classes: the answer is the same for every sample.",
  "loss-for-task": "The loss is {loss}[, but {expected} fits this task][ ({task})].",
  "input-scale":
    "The inputs have an unusual scale: a typical magnitude of {value}[ (feature {feature} is the largest)][, values from {low} to {high}][ (limit {threshold}; about 1 is good)].",
  "input-spread":
    "The input features have different scales: the largest[ (feature {feature})] is {value} times the median feature[ (limit {threshold})].",
  "input-variation":
    "The inputs vary by only {value%} of their magnitude[ (limit {threshold%})][; they lie between {low} and {high}].",
  "input-not-finite": "{value%} of the input values are infinite or NaN[ ({count#} values)].",
  "input-constant": "{value%} of the input features have the same value in every sample and carry no information.",
  "target-scale":
    "The targets have an unusual scale: a typical magnitude of {value}[, values from {low} to {high}][ (limit {threshold}; about 1 is good)].",
  "target-not-finite": "Some targets[ ({count#})] are infinite or NaN.",
  "labels-out-of-range":
    "The labels range from {low} to {high}[, but the network has {classes#} classes, counted from 0].",
  "one-class": "{value%} of the samples have the same label: there is nothing to distinguish.",
  "class-missing": "{value#}[ of the {classes#}] classes never appear in the training samples.",
  "class-imbalance":
    "{value%} of the samples belong to one class[ (limit {threshold%})]: always predicting it already scores well.",
  "labels-not-integers": "Labels must be integers that name a class; these are not.",
  "labels-contradict": "{value%} of the samples with identical inputs have different labels[ (limit {threshold%})].",
  "labels-unlearnable":
    "Simple learners reach {value@} on this data[, where guessing reaches {chance@}]: the inputs say almost nothing about the labels.",
  "initial-deviation":
    "The standard deviation of the initial weights is {value} times the right one[ (limit {threshold})][; with {fanIn#} inputs and {activation} it should be {expected}].",
  "initial-constant": "All weights of the layer start at the same value[, {value}].",
  "initial-twins":
    "{value%} of the layer's units start with the same weights as another unit[ (limit {threshold%})] and will stay identical to it.",
  "initial-bias": "The biases start at {value} on average[ (limit {threshold})]; 0 is usual.",
  "initial-dead":
    "{value%} of the layer's units output 0 for every sample before the first step[ (limit {threshold%})].",
  "initial-saturated":
    "{value%} of the layer's outputs are in the flat regions of the activation before the first step[ (limit {threshold%})].",
  "initial-signal":
    "Before training, the strength of the signal changes by a factor of {value} between the first and the last hidden layer[ (from {first} to {last})]; about 1 is good[, the limit is {threshold}].",
  "initial-distinct":
    "Before training, the output of the deepest layer is nearly the same for every input: only {value%} of its signal depends on the sample[ (limit {threshold%})].",
  "initial-gradient-ratio":
    "Before training, the gradient of the lowest layer is {value} times that of the highest[ ({first} against {last})][; the limit is {threshold}].",
  "initial-loss":
    "The loss starts at {value}[; that of an untrained network should be near {expected}][ (limit {threshold})].",
  "learning-rate-range": "The learning rate is {value}[; {optimizer} usually works between {low} and {high}].",
  "hidden-activation":
    "The activation of {value#} of the hidden layers is {activation}, which does not preserve the size of the gradient[: together they leave a factor of {factor} (limit {limit})].",
  "regularizer-strength": "The weight penalty is {value} times the loss at the start[ (limit {threshold})].",
  "dropout-rate":
    "{value%} of the values are dropped during training[ (limit {threshold%})]: what remains is too little to learn from.",
  "batch-size": "The batch size is {value#}[ for {samples#} samples][ (limit {threshold#})].",
  "one-batch":
    "The network cannot even memorise a single batch: its loss is {value}[ after {steps#} steps][, from {before} at the start][ (limit {threshold})].",
  "gradient-ratio":
    "Relative to its weights, the gradient of the lowest layer is {value} times that of the highest[ (norms {first} and {last})]; about 1 is good[, the limit is {threshold}].",
  "gradient-norm":
    "The norm of the whole gradient is {value}[; {median} is typical of this run][ (limit {threshold})].",
  "gradient-through-time":
    "The gradient at the first time step[ of {steps#}] is {value} times that at the last; about 1 is good[, the limit is {threshold}].",
  "gradient-growth":
    "The gradient grew to {value} times its initial size[: {largest} against {usual}][ (limit {threshold})].",
  "update-ratio":
    "Each step changes the weights by {value%} of their size[ (limit {threshold%})]; about 0.1\u00a0% is usual.[ All {steps#} steps together can move them by at most {reach%}.]",
  "dead-share": "{value%} of the layer's units output 0 for every sample[ (limit {threshold%})] and learn nothing.",
  "zero-share": "{value%} of the layer's outputs are exactly 0[ (limit {threshold%})].",
  "saturated-share":
    "{value%} of the layer's outputs are in the flat regions of the activation[ (limit {threshold%})], where almost no gradient passes.",
  "distinct-share":
    "The output[ of layer {layer}] is nearly the same for every input: only {value%} of it depends on the sample[ (limit {threshold%})].",
  "not-finite": "A value became infinite or NaN[: {tensor}][ in step {step#}].",
  "loss-growth": "The loss grew to {value} times its initial value[ (limit {threshold})].",
  "loss-fall": "Over the whole run the training loss fell by {value%}[ (limit {threshold%})].",
  "few-steps":
    "The run has only {value#} steps of the usual size[; it needs at least {threshold#} to get anywhere].[ All together they can move the weights by {reach%}.]",
  "loss-still-falling":
    "The training loss was still falling when the run ended: {value%} of its total decrease came in the last part of the run[ (limit {threshold%})].",
  "loss-swing": "From epoch to epoch the loss goes up and down by {value%} of its size[ (limit {threshold%})].",
  "score-swing":
    "The score on unseen samples jumps by {value@} from one epoch to the next[ (limit {threshold@})][, in {share%} of the epochs].",
  "score-against-attainable":
    "On unseen samples the network reaches {value@}[ ({metric})]; a simple learner[ ({learner})] reaches {attainable@}[, guessing {chance@}][; at least {threshold@} was expected].",
  "score-chance":
    "On unseen samples the network reaches {value@}[ ({metric})], no better than guessing[, which reaches {chance@}].",
  "train-score":
    "Even on its training samples the network reaches only {value@}[; a simple learner reaches {attainable@}][ (limit {threshold@})].",
  "generalisation-gap":
    "The score on the training samples exceeds that on unseen ones by {value@}[: {training@} against {validation@}][ (limit {threshold@})].",
  "validation-loss-rise":
    "The loss on unseen samples rose to {value} times its minimum[, which was in epoch {epoch#}][ (limit {threshold})].",
  "other-seeds": "The same shows in {count#}[ of {runs#}] runs with different seeds.",
} as const satisfies Texts["evidence"];
