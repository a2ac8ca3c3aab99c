// 100,000 training steps of a small network with the engine alone: memory must not grow, steps must not slow down.
//   npm run test:long [-- threads]

import { openBackend } from "../../src/engine/select-backend.ts";
import { batchNorm, dropout, leakyRelu, linear } from "../../src/nn/construct.ts";
import { computeLoss } from "../../src/nn/losses/losses.ts";
import { sequential } from "../../src/nn/model.ts";
import { createOptimizer } from "../../src/optim/optimizers.ts";
import { applyUpdates } from "../../src/optim/transform.ts";
import { compile } from "../../src/tensor/compile.ts";
import { valueAndGrad } from "../../src/tensor/grad.ts";
import { nextKey, randomKey } from "../../src/tensor/random.ts";
import type { Tensor } from "../../src/tensor/tensor.ts";

const STEPS = 100_000;
const WARM = 1_000;
const BLOCK = 10_000;
const MOST_GROWTH = 1.05;
const LEAST_SPEED = 0.85;
const [BATCH, FEATURES, CLASSES] = [32, 20, 10];

const threads = process.argv[2] === undefined ? undefined : Number(process.argv[2]);
const backend = openBackend({ backend: "wasm", threads });
const model = sequential([linear(32), batchNorm(), leakyRelu(), dropout(0.2), linear(CLASSES)], {
  inputShape: [FEATURES],
});
const optimizer = createOptimizer("adam");
const { parameters, buffers } = model.initialize(1);
const first = { parameters, buffers, optimizer: optimizer.init(parameters), key: randomKey(1) };

const step = compile(
  (state: typeof first, { x, labels }: { readonly x: Tensor; readonly labels: Tensor }) => {
    const { value, gradient, auxiliary } = valueAndGrad((current: typeof parameters) => {
      const applied = model.apply({ parameters: current, buffers: state.buffers }, x, {
        training: true,
        key: state.key,
      });
      return { value: computeLoss("softmaxCrossEntropy", applied.output, labels), auxiliary: applied.buffers };
    })(state.parameters);
    const { updates, state: moments } = optimizer.update(gradient, state.optimizer, state.parameters);
    return {
      outputs: { loss: value },
      state: {
        parameters: applyUpdates(state.parameters, updates),
        buffers: auxiliary as typeof buffers,
        optimizer: moments,
        key: nextKey(state.key),
      },
    };
  },
  { state: first, backend },
);

function batch(turn: number) {
  const x = new Float32Array(BATCH * FEATURES);
  const labels = new Int32Array(BATCH);
  for (let row = 0; row < BATCH; row++) {
    const label = (turn * 7 + row) % CLASSES;
    // one label in eleven is wrong, so that there is something left to learn to the end
    labels[row] = (turn + row) % 11 === 0 ? (label + 1) % CLASSES : label;
    for (let k = 0; k < FEATURES; k++) x[row * FEATURES + k] = Math.sin(label * (k + 1)) + ((turn + row * k) % 5) * 0.1;
  }
  return {
    x: { shape: [BATCH, FEATURES], dtype: "float32" as const, data: x },
    labels: { shape: [BATCH], dtype: "int32" as const, data: labels },
  };
}

/** Data that lies in memory, as a loader's does: what is measured is the engine. */
const batches = Array.from({ length: 55 }, (_, turn) => batch(turn));

const megabytes = (): number => process.memoryUsage().rss / 2 ** 20;
const speeds: number[] = [];
const memory: number[] = [];
let early = 0;
let loss = Number.NaN;
let mark = performance.now();
for (let turn = 1; turn <= STEPS; turn++) {
  loss = step.runSync(batches[turn % batches.length] as ReturnType<typeof batch>).loss.data[0] as number;
  if (turn === WARM) early = megabytes();
  if (turn % BLOCK === 0) {
    speeds.push(Math.round((1000 * BLOCK) / (performance.now() - mark)));
    memory.push(megabytes());
    mark = performance.now();
  }
}
const late = megabytes();
backend.dispose();

const [start, end] = [speeds[0] as number, speeds.at(-1) as number];
console.log(backend.description);
console.log(`loss ${loss.toPrecision(3)} after ${STEPS} steps`);
console.log(
  `memory: ${early.toFixed(1)} MiB after ${WARM} steps, ${late.toFixed(1)} MiB at the end; by block: ${memory.map((size) => size.toFixed(1)).join(" ")}`,
);
console.log(`steps/s: ${start} in the first ${BLOCK}, ${end} in the last; by block: ${speeds.join(" ")}`);
const faults = [
  ...(Number.isFinite(loss) ? [] : ["the loss is not a number"]),
  ...(late <= MOST_GROWTH * early ? [] : [`memory grew by ${((late / early - 1) * 100).toFixed(1)} %`]),
  ...(end >= LEAST_SPEED * start ? [] : [`speed fell by ${((1 - end / start) * 100).toFixed(1)} %`]),
];
for (const fault of faults) console.error(`FAILED: ${fault}`);
process.exitCode = faults.length > 0 ? 1 : 0;
