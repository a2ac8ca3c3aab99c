/** The form in which names are compared: case, underscores, dashes, dots and spaces make no difference. batch_size, BatchSize and
 *  batch-size are one name. */
export function plainForm(name: string): string {
  return name.toLowerCase().replace(/[\s_.-]+/g, "");
}

/** Names from PyTorch, Keras, TensorFlow.js, scikit-learn and papers, and our names for the same things. A word may have several
 *  meanings; only those in the caller's table count. `optimizer.learningRate` is a field of the field `optimizer`.
 *  Spellings that differ only in case and underscores need no entry, nor do those with a suffix below. */
const SYNONYMS = {
  // layers
  linear: ["dense", "fullyconnected", "fc", "affine", "innerproduct"],
  identity: ["linear", "none", "passthrough"],
  silu: ["swish"],
  leakyRelu: ["lrelu", "leaky"],
  rrelu: ["randomizedleakyrelu", "randomizedrelu"],
  conv1d: ["convolution1d"],
  conv2d: ["convolution2d", "conv", "convolution", "cnn"],
  conv3d: ["convolution3d"],
  convTranspose1d: ["conv1dtranspose", "deconv1d"],
  convTranspose2d: ["conv2dtranspose", "deconv2d", "deconvolution", "deconv", "transposedconv2d"],
  convTranspose3d: ["conv3dtranspose", "deconv3d"],
  depthwiseConv2d: ["depthwiseconv", "depthwise"],
  maxPool1d: ["maxpooling1d"],
  maxPool2d: ["maxpooling2d", "maxpool", "maxpooling", "pool2d"],
  maxPool3d: ["maxpooling3d"],
  avgPool1d: ["averagepooling1d", "avgpooling1d", "averagepool1d"],
  avgPool2d: [
    "averagepooling2d",
    "avgpooling2d",
    "averagepool2d",
    "avgpool",
    "averagepooling",
    "averagepool",
    "meanpool2d",
  ],
  avgPool3d: ["averagepooling3d", "avgpooling3d", "averagepool3d"],
  globalAvgPool: [
    "globalaveragepooling",
    "globalaveragepooling1d",
    "globalaveragepooling2d",
    "globalaveragepooling3d",
    "globalaveragepool",
    "globalavgpool2d",
    "gap",
  ],
  globalMaxPool: [
    "globalmaxpooling",
    "globalmaxpooling1d",
    "globalmaxpooling2d",
    "globalmaxpooling3d",
    "globalmaxpool2d",
  ],
  batchNorm: ["batchnormalization", "batchnormalisation", "batchnorm1d", "batchnorm2d", "batchnorm3d", "bn"],
  layerNorm: ["layernormalization", "layernormalisation", "ln"],
  groupNorm: ["groupnormalization", "groupnormalisation", "gn"],
  instanceNorm: ["instancenormalization", "instancenorm1d", "instancenorm2d", "instancenorm3d"],
  localResponseNorm: ["lrn", "localresponsenormalization"],
  dropout: ["droprate", "dropoutrate", "attentiondropout"],
  spatialDropout: ["dropout1d", "dropout2d", "dropout3d", "spatialdropout1d", "spatialdropout2d", "spatialdropout3d"],
  upsampling: ["upsample", "upsampling1d", "upsampling2d", "upsampling3d"],
  zeroPadding: ["zeropadding1d", "zeropadding2d", "zeropadding3d", "zeropad2d", "pad"],
  multiHeadAttention: ["attention", "selfattention", "mha", "multiheadselfattention"],
  positionalEncoding: ["positionalembedding", "positionembedding", "positionencoding"],
  rnn: ["simplernn", "vanillarnn", "elman", "recurrent"],
  skip: ["residual", "residualblock", "shortcut", "add"],
  sequential: ["block"],
  embedding: ["embed", "wordembedding", "lookuptable"],

  // losses
  softmaxCrossEntropy: [
    "crossentropy",
    "sparsecategoricalcrossentropy",
    "softmaxcrossentropywithlogits",
    "sparsesoftmaxcrossentropy",
    "logloss",
    "ce",
  ],
  categoricalCrossEntropy: ["crossentropy", "sparsecategoricalcrossentropy"],
  nll: ["negativeloglikelihood", "logloss"],
  binaryCrossEntropyWithLogits: ["bce", "bcewithlogits", "sigmoidcrossentropy", "sigmoidcrossentropywithlogits"],
  binaryCrossEntropy: ["bce", "binarycrossentropyfromprobabilities"],
  mse: ["meansquarederror", "squarederror", "l2", "leastsquares"],
  mae: ["meanabsoluteerror", "absoluteerror", "l1", "absolutedifference"],

  // metrics
  accuracy: ["acc", "categoricalaccuracy", "sparsecategoricalaccuracy", "binaryaccuracy"],
  meanSquaredError: ["mse", "squarederror"],
  meanAbsoluteError: ["mae", "absoluteerror"],
  top5: ["topk", "topkaccuracy", "topkcategoricalaccuracy", "sparsetopkcategoricalaccuracy"],

  // optimisers
  sgd: ["momentum", "nesterov", "gradientdescent", "stochasticgradientdescent", "gd", "nag"],
  adamw: ["adamwithweightdecay"],

  // initialisers
  heNormal: ["he", "kaiming", "kaimingnormal", "hekaiming", "msra"],
  heUniform: ["kaiminguniform"],
  glorotUniform: ["xavier", "glorot", "xavieruniform"],
  glorotNormal: ["xaviernormal"],
  lecunNormal: ["lecun"],
  normal: ["gaussian", "randomnormal", "randn"],
  truncatedNormal: ["truncnormal", "truncated"],
  uniform: ["randomuniform", "rand"],
  zeros: ["zero", "0"],
  ones: ["one", "1"],

  // schedules
  cosine: ["cosineannealing", "cosinedecay"],
  cosineRestarts: ["cosineannealingwarmrestarts", "cosinedecayrestarts", "sgdr", "warmrestarts"],
  step: ["stepdecay"],
  exponential: ["exponentialdecay", "exp"],
  polynomial: ["polynomialdecay", "poly"],
  piecewise: ["piecewiseconstant", "piecewiseconstantdecay"],
  plateau: ["reducelronplateau", "reduceonplateau", "onplateau"],
  warmup: ["linearwarmup", "pctstart"],

  // clips
  globalNorm: ["clipbyglobalnorm", "clipgradnorm"],
  value: ["clipbyvalue", "clipvalue", "constant", "fill"],
  norm: ["clipbynorm"],
  adaptive: ["agc", "adaptivegradientclipping"],

  // datasets and images
  mnist: ["digits", "mnistdigits"],
  "fashion-mnist": ["fashion"],
  moons: ["makemoons", "twomoons", "halfmoons"],
  blobs: ["makeblobs", "clusters"],
  circles: ["makecircles", "rings"],
  spirals: ["twospirals"],
  images: ["imagefolder", "imagedirectory", "pictures"],
  npy: ["numpy", "npz"],
  flip: ["horizontalflip", "randomflip", "randomhorizontalflip", "fliplr", "hflip"],
  crop: ["randomcrop"],
  cutout: ["randomerasing", "erase"],

  // fields of training
  learningRate: ["lr", "eta", "stepsize", "rate", "eta0"],
  "optimizer.learningRate": ["learningrate", "lr", "eta"],
  "optimizer.momentum": ["momentum"],
  "optimizer.decoupledWeightDecay": ["weightdecay", "decoupledweightdecay"],
  "model.layers": ["layers"],
  "model.inputShape": ["inputshape"],
  epochs: ["epoch", "numepochs", "nepochs", "maxepochs", "epochcount", "trainepochs", "maxiter", "iterations"],
  batchSize: ["bs", "batch", "minibatchsize", "samplesperstep"],
  evaluationBatchSize: ["evalbatchsize", "validationbatchsize", "valbatchsize", "testbatchsize"],
  validationSplit: ["valsplit", "validationfraction", "validationsize", "testsize", "holdout"],
  validation: [
    "val",
    "valid",
    "validationdata",
    "valdata",
    "validset",
    "valset",
    "validationset",
    "dev",
    "evaluation",
    "test",
  ],
  "data.validation": ["validationdata", "valdata", "validation", "val", "valid", "validset"],
  train: ["training", "traindata", "trainset", "trainingdata", "xtrain"],
  "data.train": ["train", "traindata", "trainset"],
  optimizer: ["optim", "optimiser", "opt", "solver"],
  loss: ["criterion", "lossfn", "lossfunction", "objective", "cost", "costfunction"],
  regularizer: ["regularization", "regularisation", "regulariser", "weightregularizer", "kernelregularizer", "penalty"],
  "regularizer.l2": ["l2"],
  "regularizer.l1": ["l1"],
  clip: ["gradientclipping", "gradclip", "clipgradients", "gradientclip", "clipgrad"],
  "clip.maxNorm": ["clipnorm", "maxnorm", "maxgradnorm", "globalclipnorm"],
  schedule: ["scheduler", "lrscheduler", "lrschedule", "learningrateschedule", "learningratescheduler"],
  seed: ["randomseed", "randomstate", "rng", "manualseed"],
  shuffle: ["random", "shuffled"],
  dropLast: ["dropremainder"],
  metrics: ["metric"],
  earlyStopping: ["earlystop", "early"],
  "earlyStopping.patience": ["patience"],
  "earlyStopping.minDelta": ["mindelta"],
  "earlyStopping.restoreBest": ["restorebest", "restorebestweights"],
  restoreBest: ["restorebestweights", "restore"],
  minDelta: ["delta", "tolerance", "tol", "threshold"],
  threshold: ["mindelta", "tolerance", "tol"],
  monitor: ["metric", "watch", "quantity"],
  augment: ["augmentation", "augmentations", "dataaugmentation", "transforms", "transform"],
  callbacks: ["callback", "onepochend", "onbatchend", "ontrainend", "onepochended"],
  onEvent: ["onprogress", "listener", "onstep"],
  initialState: ["initialweights", "weights", "startfrom", "state", "resume"],
  backend: ["device", "accelerator", "runtime"],
  threads: ["workers", "numworkers", "nthreads", "numthreads", "threadcount", "njobs", "cores"],
  signal: ["abortsignal", "abort", "canceltoken"],
  gradientNorms: ["gradnorms", "loggradientnorms"],
  standardize: ["standardise", "normalize", "normalise", "scale", "scaler", "standardscaler"],
  samples: ["nsamples", "numsamples", "count", "n", "size", "montecarlosamples", "mcsamples"],
  about: ["metadata", "meta", "info"],
  state: ["weights", "parameters", "statedict"],
  model: ["net", "network", "config"],

  // fields of optimisers and schedules
  beta1: ["betas", "b1", "beta", "momentum"],
  beta2: ["betas", "b2"],
  beta: ["beta1", "momentum"],
  epsilon: ["eps"],
  rho: ["alpha", "decay", "decayrate", "smoothing"],
  l2: ["weightdecay", "l2reg", "l2regularization", "lambda", "ridge"],
  l1: ["l1reg", "l1regularization", "lasso"],
  decoupledWeightDecay: ["weightdecay"],
  lrDecay: ["learningratedecay", "decay"],
  maxNorm: ["clipnorm", "norm", "threshold", "value", "max"],
  length: [
    "tmax",
    "t0",
    "steps",
    "totalsteps",
    "decaysteps",
    "duration",
    "totaliters",
    "warmupsteps",
    "sequencelength",
    "window",
    "maxlen",
  ],
  every: ["stepsize", "steps", "interval"],
  factor: ["gamma", "decayrate", "multiplier", "scalefactor", "size", "scale", "drop"],
  minimum: ["etamin", "minlr", "minlearningrate", "endlearningrate", "alpha"],
  peak: ["maxlr", "maxlearningrate"],
  low: ["baselr", "min", "minimum"],
  high: ["max", "maximum"],
  up: ["stepsizeup"],
  down: ["stepsizedown"],
  growth: ["tmult"],
  startDivisor: ["divfactor"],
  endDivisor: ["finaldivfactor"],
  power: ["exponent"],
  after: ["then", "next", "followedby"],

  // fields of layers
  units: [
    "outfeatures",
    "outputdim",
    "outputs",
    "neurons",
    "nodes",
    "hiddensize",
    "hiddenunits",
    "embeddingdim",
    "dmodel",
    "size",
    "width",
  ],
  inputs: ["infeatures", "inputdim", "inputsize", "x", "features", "data"],
  targets: ["y", "labels", "outputs", "label", "target"],
  target: ["targetcolumn", "labelcolumn", "label", "y", "labels", "ycol"],
  bias: ["usebias"],
  init: ["initializer", "kernelinitializer", "weightinit", "kernelinit", "weightinitializer", "embeddingsinitializer"],
  biasInit: ["biasinitializer"],
  recurrentInit: ["recurrentinitializer"],
  filters: ["outchannels", "channels", "features", "outputchannels", "kernels", "numfilters"],
  channels: ["inchannels", "numchannels", "colors", "colours"],
  kernel: ["kernelsize", "filtersize", "size", "window"],
  stride: ["strides"],
  window: ["poolsize", "kernelsize", "size", "kernel"],
  dilation: ["dilationrate"],
  rate: ["p", "prob", "probability", "dropprob", "droprate", "dropout"],
  probability: ["p", "prob", "rate"],
  std: ["stddev", "sigma", "deviation", "standarddeviation"],
  affine: ["elementwiseaffine", "center", "scale"],
  decay: ["momentum"],
  vocabulary: ["numembeddings", "vocabsize", "vocabularysize", "vocab", "inputdim", "dictionarysize"],
  padding: ["paddingidx", "paddingindex", "masktoken"],
  layers: ["numlayers", "modules", "children"],
  returnSequences: ["returnsequence", "sequences", "manytomany"],
  activation: ["nonlinearity"],
  gateActivation: ["recurrentactivation"],
  heads: ["numheads", "nhead", "nheads"],
  groups: ["numgroups", "ngroups"],
  slope: ["negativeslope", "alpha"],
  alpha: ["slope"],
  axis: ["dim", "dimension"],
  shape: ["targetshape", "newshape", "size"],
  inputShape: ["inputsize", "shape", "inputdim", "batchinputshape"],
  function: ["activation", "name"],
  labelSmoothing: ["smoothing"],
  classWeights: ["weight", "weights", "classweight"],
  ignoreIndex: ["ignore", "ignorelabel", "paddingindex"],

  // fields of data
  classes: ["numclasses", "nclasses", "categories", "arms", "centers", "clusters"],
  features: ["nfeatures", "numfeatures", "dimensions"],
  spread: ["std", "clusterstd", "deviation", "sigma", "noise"],
  noise: ["std", "sigma", "deviation"],
  components: ["ncomponents", "k", "dimensions"],
  header: ["hasheader", "headers", "firstrow"],
  delimiter: ["sep", "separator"],
  ignore: ["drop", "exclude", "dropcolumns", "ignorecolumns", "skipcolumns"],
  missing: ["na", "nan", "missingvalues", "navalues"],
  size: ["imagesize", "targetsize", "resize"],
  stratify: ["stratified"],
  folder: ["path", "directory", "dir", "root"],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Suffixes that other libraries use and we do not: MSELoss, CosineAnnealingLR, AdamOptimizer. */
const SUFFIX = /(?:loss|layer|lr|optimizer|initializer|scheduler|schedule|activation)$/;
const PREFIX = /^(?:torch|tf|keras|nn|optim|layers|losses|optimizers|initializers)\./i;

const TARGETS = new Map<string, readonly string[]>();
for (const [target, words] of Object.entries<readonly string[]>(SYNONYMS)) {
  for (const word of words) TARGETS.set(word, [...(TARGETS.get(word) ?? []), target]);
}

/** Every name that has synonyms. */
export const SYNONYM_TARGETS: readonly string[] = Object.keys(SYNONYMS);

/** The candidates that a word from another library means, most likely first: those that differ only in case and underscores, else its
 *  synonyms. Empty for unknown words. */
export function synonymsAmong(name: string, candidates: readonly string[]): readonly string[] {
  const bare = name.replace(PREFIX, "");
  for (const form of new Set([plainForm(bare), plainForm(bare).replace(SUFFIX, "")])) {
    const alike = candidates.filter((candidate) => plainForm(candidate) === form);
    if (alike.length > 0) return alike;
    const meant = (TARGETS.get(form) ?? []).filter((target) => candidates.includes(target.split(".")[0] as string));
    // a name in the caller's table comes before a field of one of its fields
    const direct = meant.filter((target) => !target.includes("."));
    if (meant.length > 0) return direct.length > 0 ? direct : meant;
  }
  return [];
}

/** What to do about unknown words that have no counterpart here. */
const ADVICE = new Map([
  ["activation", 'An activation is a separate layer: put "relu" after this one.'],
  ["inputshape", "The shape of the input belongs to the model, not to a layer."],
  ["verbose", "Nothing is printed by default. To print progress, use onEvent: progress(process.stdout)."],
]);

/** A sentence of advice on a name that has no counterpart here, or undefined. */
export function adviceOn(name: string): string | undefined {
  return ADVICE.get(plainForm(name));
}
