import type { Texts } from "../texts.ts";

/** What was measured, and against what. Gaps are filled from the evidence's value, threshold and values (evidence.ts). */
export const evidence = {
  "output-activation":
    "The last layer ends in {activation}[; the loss {loss} expects {expected}].[ {value%} of the targets lie where it cannot reach (limit {threshold%}).]",
  "output-units":
    "The network gives {units} number a sample[, through {activation}]. That cannot tell classes apart: the answer is the same for every sample.",
  "loss-for-task": "The loss is {loss}[; {expected} fits this task][ ({task})].",
  "input-scale":
    "The inputs are on an unusual scale: a typical size of {value}[ (feature {feature} is the largest)][, values from {low} to {high}][ (limit {threshold}; about 1 is good)].",
  "input-spread":
    "The input features are on different scales: the largest[ (feature {feature})] is {value} times as large as the one in the middle[ (limit {threshold})].",
  "input-variation":
    "The inputs differ by {value%} of their size only[ (limit {threshold%})][; they lie between {low} and {high}].",
  "input-not-finite": "{value%} of the input values are infinite or no numbers at all[ ({count#} values)].",
  "input-constant": "{value%} of the input features have the same value in every sample, so they tell nothing.",
  "target-scale":
    "The targets are on an unusual scale: a typical size of {value}[, values from {low} to {high}][ (limit {threshold}; about 1 is good)].",
  "target-not-finite": "Some targets[ ({count#})] are infinite or no numbers at all.",
  "labels-out-of-range": "The labels run from {low} to {high}[; the network knows {classes#} classes, counted from 0].",
  "one-class": "{value%} of the samples bear the same label: there is nothing to tell apart.",
  "class-missing": "{value#} of[ the {classes#}] classes never appear in the training samples.",
  "class-imbalance":
    "{value%} of the samples belong to one class[ (limit {threshold%})]; always answering with it looks good already.",
  "labels-not-integers": "The labels should be whole numbers that name a class, and they are not.",
  "labels-contradict": "{value%} of the samples with equal inputs bear different labels[ (limit {threshold%})].",
  "labels-unlearnable":
    "Simple learners reach {value@} on this data[, where guessing reaches {chance@}]: the inputs say next to nothing about the labels.",
  "initial-deviation":
    "The first weights spread {value} times as widely as they should[ (limit {threshold})][; for {fanIn#} inputs before {activation} a deviation of {expected} is right].",
  "initial-constant": "All weights of the layer start with the same value[, {value}].",
  "initial-twins":
    "{value%} of the layer's units start with the same weights as another unit[ (limit {threshold%})], and will stay alike.",
  "initial-bias": "The biases start at {value} on average[ (limit {threshold})]; 0 is usual.",
  "initial-dead": "{value%} of the layer's units give 0 for every sample before the first step[ (limit {threshold%})].",
  "initial-saturated":
    "{value%} of the layer's outputs lie in the flat ends of the activation before the first step[ (limit {threshold%})].",
  "initial-signal":
    "On the way from the first hidden layer to the last, the signal becomes {value} times as strong before training[ (from {first} to {last})][ (limit {threshold})]; about 1 is good.",
  "initial-distinct":
    "Before training, the deepest layer answers nearly alike whatever the input: samples make up {value%} of its signal[ (limit {threshold%})].",
  "initial-gradient-ratio":
    "Before training, the lowest layer's gradient is {value} times the highest one's[ ({first} against {last})][ (limit {threshold})].",
  "initial-loss":
    "The loss starts at {value}[; an untrained network should start near {expected}][ (limit {threshold})].",
  "learning-rate-range": "The learning rate is {value}[; {optimizer} usually works between {low} and {high}].",
  "hidden-activation":
    "{activation} stands behind {value#} hidden layers, and a gradient hardly gets through it unharmed[: together they leave {factor} of it (limit {limit})].",
  "regularizer-strength": "The penalty on the weights is {value} times the loss at the start[ (limit {threshold})].",
  "dropout-rate":
    "{value%} of the numbers are dropped while training[ (limit {threshold%})]: too little gets through to learn from.",
  "batch-size": "One step uses {value#} samples[ of {samples#}][ (limit {threshold#})].",
  "one-batch":
    "The network cannot even learn one batch by heart: the loss[ went from {before}] to {value}[ in {steps#} steps][ (limit {threshold})].",
  "gradient-ratio":
    "Measured against its weights, the lowest layer's gradient is {value} times the highest one's[ (norms {first} and {last})][ (limit {threshold})]; about 1 is good.",
  "gradient-norm":
    "The whole gradient has a norm of {value}[, where {median} is typical of this run][ (limit {threshold})].",
  "gradient-through-time":
    "What reaches the first[ of {steps#}] time steps is {value} times the gradient of the last one[ (limit {threshold})]; about 1 is good.",
  "gradient-growth":
    "The gradient became {value} times as large as it was at first[: {largest} against {usual}][ (limit {threshold})].",
  "update-ratio":
    "One step changes the weights by {value%} of their size[ (limit {threshold%})]; about 0.1 % is usual.[ All {steps#} steps together can move them by {reach%} at most.]",
  "dead-share": "{value%} of the layer's units give 0 for every sample[ (limit {threshold%})], so they learn nothing.",
  "zero-share": "{value%} of the layer's outputs are exactly 0[ (limit {threshold%})].",
  "saturated-share":
    "{value%} of the layer's outputs lie in the flat ends of the activation[ (limit {threshold%})], where hardly any gradient passes.",
  "distinct-share":
    "Whatever the input, the answer[ of layer {layer}] is nearly the same: the samples make up {value%} of it[ (limit {threshold%})].",
  "not-finite": "A number became infinite, or no number at all[: {tensor}][ in step {step#}].",
  "loss-growth": "The loss became {value} times what it was at first[ (limit {threshold})].",
  "loss-fall": "Over the whole run the training loss fell by {value%}[ (limit {threshold%})].",
  "few-steps":
    "The run has {value#} steps of the usual size[; at least {threshold#} would be needed to get anywhere][: all together can move the weights by {reach%}].",
  "loss-still-falling":
    "The training loss was still falling when the run ended: {value%} of its whole fall came in the last part of the run[ (limit {threshold%})].",
  "loss-swing": "From epoch to epoch the loss goes up and down by {value%} of its size[ (limit {threshold%})].",
  "score-swing":
    "The score on unseen samples jumps by {value@} from one epoch to the next[ (limit {threshold@})][, in {share%} of the epochs].",
  "score-against-attainable":
    "On unseen samples the network reaches {value@}[ ({metric})]; a simple learner[ ({learner})] reaches {attainable@}[, guessing {chance@}][; {threshold@} was to be expected].",
  "score-chance":
    "On unseen samples the network reaches {value@}[ ({metric})]: no better than guessing[, which reaches {chance@}].",
  "train-score":
    "Even on the samples that it learns from, the network reaches only {value@}[; a simple learner reaches {attainable@}][ (limit {threshold@})].",
  "generalisation-gap":
    "On the samples that it learns from, the network is better by {value@} than on unseen ones[ ({training@} against {validation@})][ (limit {threshold@})].",
  "validation-loss-rise":
    "The loss on unseen samples rose to {value} times its lowest[, which was in epoch {epoch#}][ (limit {threshold})].",
  "other-seeds": "The same shows in {count#} of the[ {runs#}] runs with other random numbers.",
} as const satisfies Texts["evidence"];
