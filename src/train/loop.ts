import { GradusError } from "../core/errors.ts";
import { type Batch, batches } from "../data/batches.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Model } from "../nn/model.ts";
import type { ModelState } from "../nn/state.ts";
import { isAveraged } from "./averages/options.ts";
import { averagedStates } from "./averages/states.ts";
import type { AverageName, WeightsName } from "./averages/values.ts";
import { resolveBackend } from "./backend.ts";
import { Breather } from "./breathe.ts";
import { capture, modelArrays, requireSameArrays, restore } from "./checkpoints/capture.ts";
import { type Lasting, openLasting } from "./checkpoints/lasting.ts";
import { diagnose, notFiniteError } from "./diagnose.ts";
import { MetricAverage } from "./evaluation-step.ts";
import type {
  CheckpointFailed,
  EpochEnded,
  ListenerAnswer,
  Metrics,
  RunStarted,
  StepEnded,
  TrainEvent,
} from "./events.ts";
import { isRateChange } from "./events.ts";
import { type StateValues, type StepFeed, toModelState } from "./feed.ts";
import { type KeptWeights, withWeights } from "./kept-weights.ts";
import { LiveRate } from "./live-rate.ts";
import type { FitOptions, TrainResult } from "./options.ts";
import { type Plan, preparePlan } from "./prepare.ts";
import { ReplayLog } from "./replay.ts";
import { requireModelState } from "./require-inputs.ts";
import type { BestValues, Run } from "./run.ts";
import { TrainingSession } from "./session.ts";

/** A run that its reader pulls, and its weights between two events. */
export interface TrainingEvents extends AsyncGenerator<TrainEvent, TrainResult, ListenerAnswer> {
  /** A copy of the weights and running statistics as they are now.
   *  @throws GradusError `disposed` before the first event and after the last. */
  state(): Promise<ModelState>;
}

/** A run as a stream of events that the reader pulls: training continues when the reader requests the next event.
 *    for await (const event of trainingEvents(model, options)) if (event.type === "epochEnded") console.log(event.validation);
 *  Leaving the loop ends the run and frees its memory. `next("stop")` ends it after the step and keeps the weights (those of the
 *  best epoch if early stopping restores them); `next({ learningRate: 0.01 })` trains on with another rate (`RateChange`); the generator's
 *  return value is the result. `state()` reads the weights between two events.
 *  An error after the first step, also one passed in with `throw`, carries the trained weights: see `KeptWeights`. */
export function trainingEvents(model: Model, options: FitOptions): TrainingEvents {
  const opened: Opened = { session: undefined, featureNames: undefined };
  return Object.assign(eventsOf(model, options, opened), {
    async state(): Promise<ModelState> {
      if (opened.session !== undefined) return toModelState(await opened.session.read(), opened.featureNames);
      throw new GradusError("disposed", "trainingEvents: there are weights between the first event and the last only.");
    },
  });
}

/** What a run has while it is under way. */
interface Opened {
  session: TrainingSession | undefined;
  featureNames: readonly string[] | undefined;
}

async function* eventsOf(
  model: Model,
  options: FitOptions,
  opened: Opened,
): AsyncGenerator<TrainEvent, TrainResult, ListenerAnswer> {
  const plan = preparePlan(model, options);
  const parts = {
    model,
    loss: options.loss,
    regularizer: options.regularizer,
    transform: plan.transform,
    metrics: plan.metrics,
    metricContext: plan.metricContext,
    ema: plan.averages.ema,
    hasSwa: plan.averages.swa !== undefined,
    probe: options.probe,
  };
  if (options.initialState !== undefined) requireModelState("fit", model, options.initialState);
  const backend = await resolveBackend(options);
  const lasting = await openLasting(model, options, plan, backend);
  const session = await TrainingSession.open(parts, plan.seed, backend, options.initialState);
  opened.session = session;
  opened.featureNames = plan.train.featureNames;
  let run: Run | undefined;
  try {
    run = await startRun(session, plan, options.signal, lasting);
    return yield* runEpochs(run);
  } catch (error) {
    throw run === undefined || run.done === (run.resumed?.step ?? 0) ? error : withWeights(error, await keptBy(run));
  } finally {
    opened.session = undefined;
    session.dispose();
  }
}

type Events<Result> = AsyncGenerator<TrainEvent, Result, ListenerAnswer>;

function listen(run: Run, answer: ListenerAnswer): void {
  if (answer === "stop") run.reason ??= "callback";
  else if (isRateChange(answer)) run.rate.change(answer);
  if (run.signal?.aborted) run.reason ??= "interrupted";
}

async function startRun(
  session: TrainingSession,
  plan: Plan,
  signal: AbortSignal | undefined,
  { saved, ...lasting }: Lasting,
): Promise<Run> {
  const { train, batchSize, shuffle, seed, dropLast, augment } = plan;
  if (saved !== undefined) {
    requireSameArrays(session, saved.state.values, "the checkpoint");
    session.write(Object.fromEntries(saved.state.values) as unknown as StateValues);
  }
  const run: Run = {
    session,
    plan,
    signal,
    epochs: batches(train, { batchSize, shuffle, seed, dropLast, augment }),
    log: await ReplayLog.start(session),
    breather: new Breather(),
    history: [],
    rate: new LiveRate(plan),
    ...lasting,
    step: 0,
    done: 0,
    epoch: 1,
    underWay: newEpoch(),
    reason: undefined,
    best: undefined,
  };
  if (saved !== undefined) restore(run, saved.state, "the checkpoint");
  return run;
}

function newEpoch(): Run["underWay"] {
  return { average: new MetricAverage(), steps: 0, durationMs: 0, learningRate: undefined };
}

async function* runEpochs(run: Run): Events<TrainResult> {
  const { session, plan } = run;
  const { backend } = session.state;
  const started: RunStarted = {
    type: "runStarted",
    epochs: plan.epochs,
    stepsPerEpoch: run.epochs.length,
    samples: plan.train.length,
    validationSamples: plan.validation?.length ?? 0,
    parameterCount: session.model.parameterCount,
    backend: backend.name,
    threads: backend.threads,
    ...(run.resumed === undefined ? {} : { resumed: run.resumed }),
  };
  listen(run, yield started);
  while (run.epoch <= plan.epochs && run.reason === undefined) yield* runEpoch(run, run.epoch);
  return yield* finish(run);
}

/** One pass over the training samples, or the rest of it, then the validation. Returns early if the run is to end. */
async function* runEpoch(run: Run, epoch: number): Events<void> {
  const { session, plan, log, breather, underWay } = run;
  listen(run, yield { type: "epochStarted", epoch });
  let start = performance.now();
  for (const batch of run.epochs.atEpoch(epoch - 1, underWay.steps)) {
    if (run.reason !== undefined) return;
    const isWhole = batch.size === plan.batchSize;
    const feed = feedFor(run, epoch, isWhole);
    underWay.learningRate = feed.learningRate;
    run.step++;
    log.record(feed, run.step, epoch, batch.index);
    const { objective, gradientNorm, layerGradientNorms, measures, ...sums } = await session.run(
      plan.train,
      batch,
      feed,
    );
    run.done++;
    underWay.steps++;
    if (!Number.isFinite(objective)) yield* failNotFinite(run, epoch);
    underWay.average.add(sums, batch.size);
    if (log.isDue && !(await log.advance())) yield* failNotFinite(run, epoch);
    underWay.durationMs += performance.now() - start;
    const ended: StepEnded = {
      type: "stepEnded",
      epoch,
      step: run.step,
      stepInEpoch: batch.index + 1,
      samples: batch.size,
      loss: objective,
      learningRate: feed.learningRate,
      gradientNorm,
      layerGradientNorms,
      measures,
    };
    listen(run, yield ended);
    if (run.keeper?.isDueAfterStep(run.step)) yield* keep(run, epoch);
    if (breather.isDue) await breather.breathe();
    listen(run, undefined);
    start = performance.now();
  }
  if (run.reason !== undefined) return;
  if (epoch === plan.epochs && !(await log.advance())) yield* failNotFinite(run, epoch);
  if (isAveraged(plan.averages, epoch) && !(await averageEpoch(run, epoch))) yield* failNotFinite(run, epoch);
  const { average, learningRate, durationMs } = underWay;
  const ended = await endEpoch(run, epoch, { train: average.value, learningRate, durationMs });
  run.epoch = epoch + 1;
  run.underWay = newEpoch();
  listen(run, yield ended);
  if (run.keeper !== undefined && isBest(run.history)) yield* keepBest(run, ended);
  if (run.keeper?.isDueAfterEpoch(epoch)) yield* keep(run, epoch);
}

/** Writes the run's state down. @returns why it could not be written. */
async function* keep(run: Run, epoch: number): Events<CheckpointFailed["error"] | undefined> {
  const { keeper, identity, log } = run;
  if (keeper === undefined || identity === undefined) return undefined;
  if (!(await log.advance())) yield* failNotFinite(run, epoch);
  const event = await keeper.save(capture(run, identity));
  listen(run, yield event);
  return event.type === "checkpointFailed" ? event.error : undefined;
}

async function* keepBest(run: Run, ended: EpochEnded): Events<void> {
  const failed = await run.keeper?.saveBest(modelArrays(await run.session.read()), ended);
  if (failed !== undefined) listen(run, yield failed);
}

/** Whether the last epoch is the best: by early stopping's verdict, else by the validation loss. Without validation none is. */
function isBest(history: readonly EpochEnded[]): boolean {
  const last = history.at(-1);
  if (last?.isBest !== undefined) return last.isBest;
  const loss = last?.validation?.loss ?? Number.NaN;
  return !Number.isNaN(loss) && history.every((each) => each === last || !((each.validation?.loss ?? loss) <= loss));
}

/** Validates, then updates early stopping and the schedule. */
async function endEpoch(
  run: Run,
  epoch: number,
  measured: Pick<EpochEnded, "train" | "learningRate" | "durationMs">,
): Promise<EpochEnded> {
  const { session, plan, history } = run;
  const validation = plan.validation && (await validate(run, plan.validation));
  const averaged = plan.validation && (await validateAverages(run, plan.validation, epoch));
  const watched = { ...averaged, raw: validation }[plan.earlyStopping?.of ?? "raw"];
  const verdict = watched && plan.earlyStopping?.observe(watched);
  if (verdict?.isBest && plan.earlyStopping?.restoresBest) {
    const { parameters, buffers, averages } = await session.read();
    run.best = { epoch, step: run.step, state: { parameters, buffers, averages } };
  }
  if (verdict?.shouldStop) run.reason = "early-stopping";
  plan.schedule?.onEpochEnd?.((validation ?? measured.train).loss);
  const ended: EpochEnded = {
    type: "epochEnded",
    epoch,
    step: run.step,
    ...measured,
    samplesPerSecond: plan.train.length / (measured.durationMs / 1000),
    ...(validation === undefined ? {} : { validation }),
    ...averaged,
    ...(verdict === undefined ? {} : { isBest: verdict.isBest }),
  };
  history.push(ended);
  return ended;
}

/** The scalars of the next step. Schedules count steps and epochs from 0. */
function feedFor({ plan, rate, step }: Run, epoch: number, isWhole: boolean): StepFeed {
  const { schedule, usesMomentum, gradientNormsEvery, probe } = plan;
  return {
    learningRate: rate.at(step, epoch - 1),
    momentum: usesMomentum ? schedule?.momentumAt?.(step, epoch - 1) : undefined,
    withLayerNorms: gradientNormsEvery > 0 && step % gradientNormsEvery === 0,
    // a batch of another size would need another program
    isProbed: isWhole && (probe?.isDue(step) ?? false),
  };
}

function validate({ session, plan, breather }: Run, validation: Dataset, weights?: WeightsName): Promise<Metrics> {
  return session.evaluate(validation, plan.evaluationBatchSize, () => breathe(breather), weights);
}

/** Of the averages that the epoch has moved. */
async function validateAverages(run: Run, validation: Dataset, epoch: number): Promise<Pick<EpochEnded, AverageName>> {
  const { averages } = run.plan;
  return {
    ...(averages.ema === undefined ? {} : { ema: await validate(run, validation, "ema") }),
    ...(isAveraged(averages, epoch) ? { swa: await validate(run, validation, "swa") } : {}),
  };
}

async function breathe(breather: Run["breather"]): Promise<void> {
  if (breather.isDue) await breather.breathe();
}

function* wholeBatches(all: Iterable<Batch>, size: number): Generator<Batch> {
  for (const batch of all) if (batch.size === size) yield batch;
}

/** Adds the epoch's last weights to the mean over epochs, and measures the mean's running statistics on the epoch's whole batches. The copy
 *  to which a failed run returns must have this, too, because only steps are run again.
 *  @returns whether all values are finite. */
async function averageEpoch({ session, plan, epochs, breather, log }: Run, epoch: number): Promise<boolean> {
  const { averager } = session;
  await averager.addEpoch();
  const whole = wholeBatches(epochs.atEpoch(epoch - 1), plan.batchSize);
  await averager.measureStatistics(plan.train, whole, () => breathe(breather));
  return log.advance();
}

/** Writes the last state down, then restores the best weights if early stopping requests it, for any reason that the run ended. */
async function* finish(run: Run): Events<TrainResult> {
  const { session, plan, step, history, best, keeper } = run;
  // what a listener answers from here on comes too late
  run.reason ??= "finished";
  const { reason } = run;
  const isSaved = keeper === undefined || keeper.has({ epoch: run.epoch, stepInEpoch: run.underWay.steps });
  const error = isSaved ? undefined : yield* keep(run, run.epoch);
  const epoch = history.length;
  const restored = best !== undefined && best.step !== step ? best : undefined;
  if (restored) session.write({ ...(await session.read()), ...restored.state });
  const ending = {
    ...(restored === undefined ? {} : { restoredEpoch: restored.epoch }),
    ...(error === undefined ? {} : { notSaved: error }),
  };
  yield { type: "stopped", reason, epoch, step, ...ending };
  const values = await session.read();
  return {
    state: toModelState(values, plan.train.featureNames),
    ...averagedStates(values, plan.train.featureNames),
    reason,
    history,
    steps: step,
    ...ending,
  };
}

/** The results of a failed run. */
async function keptBy({ plan, log, best, history, done }: Run): Promise<KeptWeights> {
  const { featureNames } = plan.train;
  const statesOf = (values: BestValues) => ({
    state: toModelState(values, featureNames),
    ...averagedStates(values, featureNames),
  });
  return {
    ...statesOf(await log.lastSound()),
    ...(best === undefined ? {} : { best: { epoch: best.epoch, ...statesOf(best.state) } }),
    history,
    steps: done,
  };
}

/** Finds the first bad step, emits `stopped`, and throws. */
async function* failNotFinite({ session, plan, log, step }: Run, epoch: number): Events<never> {
  const bad = await log.findBadStep(plan);
  yield { type: "stopped", reason: "not-finite", epoch: epoch - 1, step };
  if (bad === undefined) {
    throw new GradusError(
      "not-finite",
      `fit: at step ${step} (epoch ${epoch}) values became NaN or infinite, but not when the steps were run again: this backend is not deterministic.`,
      { step, epoch },
    );
  }
  throw await notFiniteError(session, plan, bad, await diagnose(session, plan, bad));
}
