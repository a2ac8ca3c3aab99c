// Pascanu, Mikolov, Bengio, "On the difficulty of training recurrent neural networks", ICML 2013, sections 3.2 and 4.1.
//
// Their setting: the temporal order problem, a simple recurrent network of 50 tanh units, plain gradient steps on batches of 20 at a
// constant rate of 0.01, with and without clipping the gradient's norm at 1. Their figure: the longer the sequences, the fewer
// of several runs succeed (fewer than 1 % of test sequences classified wrong); clipping keeps long ones learnable.
// Here: the same task, network, batch and threshold. They take up to five million fresh batches; here a few thousand sequences repeat
// for several epochs, at rates of 0.01 to 0.1. The recurrent matrix starts orthogonal times 1.2, so that gradients reach over
// all tested lengths (theirs are several, all of smaller radius). `--full` tries several rates and gives each side its best one.
import { type Backend, fit, GradusError, linear, rnn, sequential } from "../../src/index.ts";
import { percent } from "../common.ts";
import { type About, type Budget, type Result, runPaper, timed } from "./paper.ts";
import { temporalOrder } from "./temporal-order.ts";

const ABOUT: About = {
  name: "pascanu-2013",
  title: "Pascanu, Mikolov, Bengio 2013: clipping the gradient of a recurrent network",
  claim:
    "Over long sequences a recurrent network whose gradient explodes does not learn, " +
    "and learns when the gradient's norm is clipped",
};

const UNITS = 50;
const MAX_NORM = 1;
/** Share of validation sequences that must be classified correctly for success. */
const SUCCESS = 0.99;

const SIZES = {
  small: { sequences: 1000, epochs: 12, lengths: [10, 30], rates: [0.1], seeds: 2 },
  full: { sequences: 2000, epochs: 20, lengths: [10, 30, 50], rates: [0.01, 0.03, 0.1], seeds: 3 },
} as const;

export interface Run {
  readonly length: number;
  readonly rate: number;
  readonly isClipped: boolean;
  readonly seed: number;
  /** share of validation sequences classified correctly, epoch by epoch, until success or the end */
  readonly accuracies: readonly number[];
  /** largest norm of a gradient, before clipping */
  readonly largestNorm: number;
}

const succeeds = ({ accuracies }: Run): boolean => (accuracies.at(-1) ?? 0) >= SUCCESS;

type Setting = Pick<Run, "length" | "rate" | "isClipped" | "seed">;

async function train(setting: Setting, sequences: number, epochs: number, backend: Backend): Promise<Run> {
  const { length, rate, isClipped, seed } = setting;
  const recurrentInit = { type: "orthogonal", gain: 1.2 } as const;
  const model = sequential([rnn(UNITS, { recurrentInit }), linear(4)], { inputShape: [length, 6] });
  const accuracies: number[] = [];
  let largestNorm = 0;
  try {
    await fit(model, {
      data: { train: temporalOrder(sequences, length, 2 * seed), validation: temporalOrder(500, length, 2 * seed + 1) },
      loss: "softmaxCrossEntropy",
      optimizer: { type: "sgd", learningRate: rate },
      clip: isClipped ? { type: "globalNorm", maxNorm: MAX_NORM } : undefined,
      epochs,
      batchSize: 20,
      seed,
      backend,
      gradientNorms: true,
      callbacks: [
        {
          stepEnded: ({ gradientNorm = 0 }) => {
            largestNorm = Math.max(largestNorm, gradientNorm);
          },
          epochEnded: ({ validation }) => {
            accuracies.push(validation?.accuracy ?? 0);
            return (validation?.accuracy ?? 0) >= SUCCESS ? "stop" : undefined;
          },
        },
      ],
    });
  } catch (broken) {
    // no success, and training cannot continue
    if (!(broken instanceof GradusError) || broken.code !== "not-finite") throw broken;
    accuracies.push(0);
  }
  return { ...setting, accuracies, largestNorm };
}

const select = (runs: readonly Run[], setting: Partial<Run>): readonly Run[] =>
  runs.filter((run) => Object.entries(setting).every(([name, value]) => run[name as keyof Run] === value));

/** Share of runs that succeed at one length, at the rate with the most successes. */
export function bestShare(runs: readonly Run[], length: number, isClipped: boolean): number {
  const those = select(runs, { length, isClipped });
  const shares = [...new Set(those.map(({ rate }) => rate))].map((rate) => {
    const atRate = select(those, { rate });
    return atRate.filter(succeeds).length / atRate.length;
  });
  return Math.max(...shares);
}

function tableOf(runs: readonly Run[]): string[][] {
  const lengths = [...new Set(runs.map(({ length }) => length))];
  const settings = [...new Set(runs.map(({ rate }) => rate))].flatMap((rate) => [
    { rate, isClipped: false },
    { rate, isClipped: true },
  ]);
  const cell = (those: readonly Run[]): string =>
    `${those.filter(succeeds).length} of ${those.length} (${Math.max(...those.map((run) => run.largestNorm)).toFixed(0)})`;
  return [
    ["successes (largest norm)", ...lengths.map((length) => `length ${length}`)],
    ...settings.map(({ rate, isClipped }) => [
      `rate ${rate}, ${isClipped ? `clipped at ${MAX_NORM}` : "not clipped"}`,
      ...lengths.map((length) => cell(select(runs, { rate, isClipped, length }))),
    ]),
  ];
}

/** Reproduced if at the shortest length both succeed in every run, and at the longest the clipped network succeeds in two of three runs
 *  or more, the other in one of three or fewer; each at its best rate. */
export function run(budget: Budget): Promise<Result<readonly Run[]>> {
  const { sequences, epochs, lengths, rates, seeds } = SIZES[budget.full ? "full" : "small"];
  return timed(budget, async (backend) => {
    const measured: Run[] = [];
    for (const length of lengths) {
      for (const rate of rates) {
        for (const isClipped of [false, true]) {
          for (let seed = budget.seed; seed < budget.seed + seeds; seed++) {
            const setting = { length, rate, isClipped, seed };
            measured.push(await train(setting, sequences, budget.epochs ?? epochs, backend));
          }
        }
      }
      const shares = [false, true].map((isClipped) => percent(bestShare(measured, length, isClipped)));
      budget.say?.(`length ${length}: ${shares[0]} succeed at the best rate, with clipping ${shares[1]}`);
    }
    const [shortest, longest] = [lengths[0], lengths.at(-1) ?? 0];
    const isEasyWhenShort = [false, true].every((isClipped) => bestShare(measured, shortest, isClipped) === 1);
    const isRescued = bestShare(measured, longest, true) >= 2 / 3 && bestShare(measured, longest, false) <= 1 / 3;
    return { measured, table: tableOf(measured), isReproduced: isEasyWhenShort && isRescued };
  });
}

await runPaper(import.meta.url, ABOUT, run);
