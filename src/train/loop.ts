import { GradusError } from "../core/errors.ts";
import { batches } from "../data/batches.ts";
import type { Model } from "../nn/model.ts";
import { resolveBackend } from "./backend.ts";
import { Breather } from "./breathe.ts";
import { diagnose, notFiniteError } from "./diagnose.ts";
import { MetricAverage } from "./evaluation-step.ts";
import type { EpochEnded, ListenerAnswer, Metrics, StopReason, TrainEvent } from "./events.ts";
import { type StateValues, toModelState } from "./feed.ts";
import { lossKind } from "./loss-kind.ts";
import type { FitOptions, TrainResult } from "./options.ts";
import { type Plan, preparePlan } from "./prepare.ts";
import { ReplayLog } from "./replay.ts";
import { type StepFeed, TrainingSession } from "./session.ts";

/** A run as a stream of events that the reader pulls: training goes on when the next event is asked for.
 *    for await (const event of trainingEvents(model, options)) if (event.type === "epochEnded") console.log(event.validation);
 *  Leaving the loop ends the run and frees its memory. `next("stop")` ends it after the step, with the weights kept; the
 *  generator's return value is the result. */
export async function* trainingEvents(
  model: Model,
  options: FitOptions,
): AsyncGenerator<TrainEvent, TrainResult, ListenerAnswer> {
  const plan = preparePlan(model, options);
  const parts = {
    model,
    loss: options.loss,
    regularizer: options.regularizer,
    transform: plan.transform,
    metrics: plan.metrics,
    metricContext: lossKind(options.loss),
  };
  const session = new TrainingSession(parts, plan.seed, resolveBackend(options), options.initialState);
  try {
    return yield* runEpochs(session, plan, options.signal);
  } finally {
    session.dispose();
  }
}

/** What a run remembers between epochs. */
interface Progress {
  step: number;
  reason: StopReason | undefined;
  best: { readonly epoch: number; readonly state: StateValues } | undefined;
}

async function* runEpochs(
  session: TrainingSession,
  plan: Plan,
  signal: AbortSignal | undefined,
): AsyncGenerator<TrainEvent, TrainResult, ListenerAnswer> {
  const { train, validation, epochs, batchSize, shuffle, seed, dropLast } = plan;
  const { backend } = session.state;
  const epochBatches = batches(train, { batchSize, shuffle, seed, dropLast });
  const log = new ReplayLog(session);
  const breather = new Breather();
  const history: EpochEnded[] = [];
  const progress: Progress = { step: 0, reason: signal?.aborted ? "interrupted" : undefined, best: undefined };
  const heard = (answer: ListenerAnswer): void => {
    if (answer === "stop") progress.reason ??= "callback";
  };

  heard(
    yield {
      type: "runStarted",
      epochs,
      stepsPerEpoch: epochBatches.length,
      samples: train.length,
      validationSamples: validation?.length ?? 0,
      parameterCount: session.model.layers.reduce((sum, layer) => sum + layer.parameterCount, 0),
      backend: backend.name,
      threads: backend.threads,
    },
  );

  for (let epoch = 1; epoch <= epochs && progress.reason === undefined; epoch++) {
    heard(yield { type: "epochStarted", epoch });
    const average = new MetricAverage();
    let feed: StepFeed = { learningRate: undefined, momentum: undefined, withLayerNorms: false };
    let trainingMs = 0;
    let stepStart = performance.now();
    for (const batch of epochBatches.atEpoch(epoch - 1)) {
      if (progress.reason !== undefined) break;
      feed = feedFor(plan, progress.step, epoch);
      progress.step++;
      log.record(feed, progress.step, epoch, batch.index);
      const numbers = await session.run(train, batch, feed);
      if (!Number.isFinite(numbers.objective)) yield* failNotFinite(session, plan, log, progress.step, epoch);
      average.add(numbers, batch.size);
      if (log.isDue && !log.advance()) yield* failNotFinite(session, plan, log, progress.step, epoch);
      trainingMs += performance.now() - stepStart;
      heard(
        yield {
          type: "stepEnded",
          epoch,
          step: progress.step,
          stepInEpoch: batch.index + 1,
          samples: batch.size,
          loss: numbers.objective,
          ...(feed.learningRate === undefined ? {} : { learningRate: feed.learningRate }),
          ...(numbers.gradientNorm === undefined ? {} : { gradientNorm: numbers.gradientNorm }),
          ...(numbers.layerGradientNorms === undefined ? {} : { layerGradientNorms: numbers.layerGradientNorms }),
        },
      );
      if (breather.isDue) await breather.breathe();
      if (signal?.aborted) progress.reason ??= "interrupted";
      stepStart = performance.now();
    }
    if (progress.reason !== undefined) break;
    if (epoch === epochs && !log.advance()) yield* failNotFinite(session, plan, log, progress.step, epoch);

    const measured = validation && (await validate(session, plan, breather));
    const verdict = measured && plan.earlyStopping?.observe(measured);
    if (verdict?.isBest && plan.earlyStopping?.restoresBest) progress.best = { epoch, state: session.read() };
    if (verdict?.shouldStop) progress.reason = "early-stopping";
    plan.schedule?.onEpochEnd?.((measured ?? average.value).loss);
    const ended: EpochEnded = {
      type: "epochEnded",
      epoch,
      step: progress.step,
      train: average.value,
      ...(measured === undefined ? {} : { validation: measured }),
      ...(feed.learningRate === undefined ? {} : { learningRate: feed.learningRate }),
      samplesPerSecond: train.length / (trainingMs / 1000),
      durationMs: trainingMs,
      ...(verdict === undefined ? {} : { isBest: verdict.isBest }),
    };
    history.push(ended);
    heard(yield ended);
    if (signal?.aborted) progress.reason ??= "interrupted";
  }
  return yield* finish(session, progress, history);
}

/** The scalars of the next step. Schedules count steps and epochs from 0. */
function feedFor(plan: Plan, step: number, epoch: number): StepFeed {
  const { schedule, usesMomentum, baseLearningRate, gradientNormsEvery } = plan;
  return {
    learningRate: schedule?.valueAt(step, epoch - 1) ?? baseLearningRate,
    momentum: usesMomentum ? schedule?.momentumAt?.(step, epoch - 1) : undefined,
    withLayerNorms: gradientNormsEvery > 0 && step % gradientNormsEvery === 0,
  };
}

function validate(session: TrainingSession, plan: Plan, breather: Breather): Promise<Metrics> {
  return session.evaluate(plan.validation as NonNullable<Plan["validation"]>, plan.evaluationBatchSize, async () => {
    if (breather.isDue) await breather.breathe();
  });
}

/** Puts the best weights back where early stopping asks, unless someone interrupted: then the weights stay as they are. */
async function* finish(
  session: TrainingSession,
  { step, reason = "finished", best }: Progress,
  history: readonly EpochEnded[],
): AsyncGenerator<TrainEvent, TrainResult, ListenerAnswer> {
  const epoch = history.length;
  const restored =
    best !== undefined && best.epoch !== epoch && (reason === "finished" || reason === "early-stopping")
      ? best
      : undefined;
  if (restored) session.write(restored.state);
  const restoredEpoch = restored === undefined ? {} : { restoredEpoch: restored.epoch };
  yield { type: "stopped", reason, epoch, step, ...restoredEpoch };
  return { state: toModelState(session.read()), reason, history, steps: step, ...restoredEpoch };
}

/** Finds where the values went bad, says that the run ends, and throws. */
async function* failNotFinite(
  session: TrainingSession,
  plan: Plan,
  log: ReplayLog,
  step: number,
  epoch: number,
): AsyncGenerator<TrainEvent, never, ListenerAnswer> {
  const bad = await log.findBadStep(plan);
  yield { type: "stopped", reason: "not-finite", epoch: epoch - 1, step };
  if (bad === undefined) {
    throw new GradusError(
      "not-finite",
      `fit: at step ${step} (epoch ${epoch}) values became NaN or infinite, but not when the steps were run again: this backend does not repeat itself.`,
      { step, epoch },
    );
  }
  throw notFiniteError(session, bad, await diagnose(session, plan, bad));
}
