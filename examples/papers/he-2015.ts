// He, Zhang, Ren, Sun, "Delving Deep into Rectifiers", ICCV 2015, section 2.2 and figures 2 and 3.
//
// Their setting: convolutional networks of ReLUs on ImageNet, plain gradient steps with momentum. With 22 weight layers both
// initialisations converge, theirs sooner; with 30 (27 convolutions, 3 fully connected) theirs, deviation sqrt(2/n), converges, and
// "Xavier", deviation sqrt(1/n), stalls: a ReLU halves the signal's power, and 1/sqrt(2) per layer is 4e-5 over 29 layers.
// Here: 30 fully connected layers on MNIST. Width, rate and batch differ; depth, nonlinearity and both variances do not, and their
// argument uses only those. As in the paper, both networks have the same rate; the paper's 0.01 makes He's network unstable here. `--full`
// also tries rates three times smaller and larger, and 22 layers. MNIST is easier than ImageNet: with several times the training that He's
// network needs, Xavier's may leave the plateau, and the table says when.
import {
  type Backend,
  type Dataset,
  fit,
  GradusError,
  type InitInput,
  linear,
  type Model,
  relu,
  sequential,
} from "../../src/index.ts";
import { loadMnist } from "../../src/node.ts";
import { type About, type Budget, type Result, runPaper, timed } from "./paper.ts";

const ABOUT: About = {
  name: "he-2015",
  title: "He et al. 2015: thirty layers of ReLUs under two initialisations",
  claim: "A network of 30 layers of ReLUs learns from He's initialisation and stalls from Glorot's (Xavier) meanwhile",
};

/** Loss of always predicting each class's share: ln 10. */
const CHANCE = Math.log(10);
/** Share of the chance loss above which the network learned nothing. */
const STALLED = 0.98;
/** Share of the chance loss below which the network learned much. */
const LEARNED = 0.7;

const SIZES = {
  small: { units: 128, digits: 2000 },
  full: { units: 128, digits: 20_000 },
} as const;

const EPOCHS = 6;
const RATE = 0.003;

interface Run {
  readonly depth: number;
  readonly name: "He" | "Xavier";
  readonly rate: number;
}

/** He and Xavier at one depth and rate. */
const pair = (depth: number, rate: number): readonly Run[] => [
  { depth, name: "He", rate },
  { depth, name: "Xavier", rate },
];

const RUNS = {
  small: pair(30, RATE),
  full: [...pair(30, RATE), ...pair(30, 0.001), ...pair(30, 0.01), ...pair(22, RATE)],
} as const;

/** With layers of equal width, Glorot's 2/(n + m) is the 1/n that the paper calls Xavier. */
const INITIALISATIONS = { He: "heNormal", Xavier: "glorotNormal" } as const satisfies Record<Run["name"], InitInput>;

export interface Outcome extends Run {
  /** training loss by epoch */
  readonly losses: readonly number[];
  /** norm of the first step's gradient with respect to the first layer's weights */
  readonly firstGradient: number;
}

function network(depth: number, units: number, init: InitInput): Model {
  const hidden = Array.from({ length: depth - 1 }, () => [linear(units, { init }), relu()]).flat();
  return sequential([...hidden, linear(10, { init })], { inputShape: [784] });
}

/** The first epoch whose loss is below the given share of chance; undefined if no epoch reaches it. */
export function epochBelow({ losses }: Outcome, share: number): number | undefined {
  const at = losses.findIndex((loss) => loss < share * CHANCE);
  return at < 0 ? undefined : at + 1;
}

async function train(one: Run, data: Dataset, units: number, backend: Backend, budget: Budget): Promise<Outcome> {
  let firstGradient = Number.NaN;
  const losses: number[] = [];
  try {
    await fit(network(one.depth, units, INITIALISATIONS[one.name]), {
      data,
      loss: "softmaxCrossEntropy",
      optimizer: { type: "sgd", learningRate: one.rate, momentum: 0.9 },
      epochs: budget.epochs ?? EPOCHS,
      batchSize: 50,
      seed: budget.seed,
      backend,
      // of the first step only
      gradientNorms: { every: Number.MAX_SAFE_INTEGER },
      onEvent: (event) => {
        if (event.type === "stepEnded") firstGradient = event.layerGradientNorms?.["0"] ?? firstGradient;
        if (event.type === "epochEnded") losses.push(event.train.loss);
      },
    });
  } catch (broken) {
    if (!(broken instanceof GradusError) || broken.code !== "not-finite") throw broken;
    losses.push(Number.NaN);
  }
  return { ...one, losses, firstGradient };
}

function tableOf(outcomes: readonly Outcome[]): string[][] {
  return [
    ["layers, initialisation", "rate", "gradient at first", "loss after 1 epoch", "after all", "leaves 2.3 in epoch"],
    ...outcomes.map((outcome) => [
      `${outcome.depth}, ${outcome.name}`,
      String(outcome.rate),
      outcome.firstGradient.toExponential(1),
      (outcome.losses[0] as number).toFixed(3),
      (outcome.losses.at(-1) as number).toFixed(3),
      String(epochBelow(outcome, STALLED) ?? "-"),
    ]),
  ];
}

/** Reproduced if in the epoch in which the loss of He's network falls below 70 % of ln 10, Xavier's loss is above 98 % of it. */
export function run(budget: Budget): Promise<Result<readonly Outcome[]>> {
  const size = budget.full ? "full" : "small";
  const { units, digits } = SIZES[size];
  return timed(budget, async (backend) => {
    const { train: data } = await loadMnist({ train: digits, test: 1 });
    const measured: Outcome[] = [];
    for (const one of RUNS[size]) {
      const outcome = await train(one, data, units, backend, budget);
      measured.push(outcome);
      const { depth, name, rate } = one;
      budget.say?.(`${depth} layers, ${name}, rate ${rate}: loss ${outcome.losses.at(-1)?.toFixed(3)}`);
    }
    const [he, xavier] = measured as [Outcome, Outcome];
    const learned = epochBelow(he, LEARNED);
    const isReproduced = learned !== undefined && (epochBelow(xavier, STALLED) ?? Number.POSITIVE_INFINITY) > learned;
    return { measured, table: tableOf(measured), isReproduced };
  });
}

await runPaper(import.meta.url, ABOUT, run);
