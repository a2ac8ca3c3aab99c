import { join } from "node:path";
import { GradusError } from "../../core/errors.ts";
import { withCheckpointFolders } from "../../files/checkpoint-folder.ts";
import { createEventWriter, type EventWriter } from "../../files/event-writer.ts";
import { isStandardOutput } from "../../files/write-target.ts";
import type { Json } from "../../io/checkpoint.ts";
import { createModel, type Model } from "../../nn/model.ts";
import { recordRun } from "../../runs/record-run.ts";
import { recordTensorboard } from "../../runs/record-tensorboard.ts";
import type { RunWriter } from "../../runs/run-writer.ts";
import { toPlain } from "../../train/checkpoints/plain.ts";
import { evaluate } from "../../train/evaluate.ts";
import type { EventListener, Metrics } from "../../train/events.ts";
import { fit } from "../../train/fit.ts";
import { keptWeights } from "../../train/kept-weights.ts";
import type { TrainResult } from "../../train/options.ts";
import { fitToModel } from "../../train/prepare.ts";
import { formatMetrics, progress } from "../../train/progress.ts";
import { pickOptions } from "../../train/training-options.ts";
import { EXIT } from "../exit-codes.ts";
import type { Experiment } from "../experiment.ts";
import { type Interruption, onInterrupt } from "../interrupt.ts";
import { requireOutput } from "../output.ts";
import { prepareData } from "../prepare-data.ts";
import { jsonLine, line, type Terminal } from "../terminal.ts";
import { packageVersion } from "../version.ts";
import { checkpointFlags, type TrainFlags } from "./flags.ts";
import { Keeper } from "./keeper.ts";
import type { RunPlace } from "./run-place.ts";
import { Watching } from "./watching.ts";

export interface TrainJob {
  /** The file that the experiment was read from: it must not be overwritten. */
  readonly file: string;
  readonly experiment: Experiment;
  readonly flags: TrainFlags;
  /** Where the training is recorded; undefined: nowhere. */
  readonly place?: RunPlace | undefined;
}

const BYTES_PER_NUMBER = 4;

/** Trains the network of an experiment, reports, and saves what was asked for. */
export async function trainExperiment(given: Terminal, job: TrainJob): Promise<number> {
  const { file, experiment, flags, place } = job;
  const { output } = flags;
  // if the weights go to the standard output, everything else goes to the standard error
  const terminal = output !== undefined && isStandardOutput(output) ? { ...given, out: given.errors } : given;
  if (output !== undefined) requireOutput(OUTPUT, output, [file]);
  const checkpoint = checkpointFlags(flags);
  const say = (text: string) => {
    if (!terminal.isJson) line(terminal.out, text);
  };
  const notify = (text: string) => line(terminal.isJson ? terminal.errors : terminal.out, text);
  const { test: testData, scaling, targetScaling, pca, columns, ...data } = await prepareData(experiment, notify);
  const model = createModel({ ...experiment.model, inputShape: experiment.model.inputShape ?? data.train.inputShape });
  if (output !== undefined) requireOutput(OUTPUT, output, [file], BYTES_PER_NUMBER * model.parameterCount);
  // evaluated at the end, checked now
  if (testData !== undefined) fitToModel(testData, model, experiment.loss);
  say(model.summary());
  const { classNames } = data.train;
  const about = { version: packageVersion(), experiment, scaling, targetScaling, pca, classNames, ...columns };
  const keeper = new Keeper(terminal, model, output, about);
  const records = openRecords(job, model);
  const { recorder } = records;
  let hasBegun = false;
  const begins: EventListener = ({ type }) => {
    if (type === "runStarted") hasBegun = true;
  };
  let watching: Watching | undefined;
  let interruption: Interruption | undefined;
  try {
    if (place !== undefined) tellPlace(terminal, place);
    if (flags.watch === true && place !== undefined) watching = await Watching.start(terminal, place.root);
    interruption = onInterrupt((name) => {
      if (!terminal.isJson) line(terminal.out, `\n${name}: finishing the current step (repeat to end at once)`);
    });
    const { signal, status, release } = interruption;
    const options = {
      ...pickOptions(experiment, "training", "run"),
      data,
      signal,
      onEvent: together([begins, ...records.listeners, listener(terminal, flags)]),
      ...(recorder === undefined ? {} : { probe: recorder.probe }),
      ...(records.writer === undefined
        ? {}
        : {
            checkpoint: {
              ...experiment.checkpoint,
              ...checkpoint,
              directory: records.writer.checkpoints,
              about: plain(about),
            },
            resume: place?.isResumed === true,
          }),
    };
    const result = await fit(model, withCheckpointFolders(options)).catch((error: unknown) => {
      // a run that could not be taken up stays as it was
      if (hasBegun || place?.isResumed !== true) recorder?.failed(error);
      throw error;
    });
    const interrupted = result.reason === "interrupted";
    // save the weights before anything else can fail
    if (result.steps > 0) await keeper.keep(result, scoresOf(result));
    release();
    const test =
      testData === undefined || interrupted
        ? undefined
        : await evaluate(model, result.state, testData, evaluationOf(experiment));
    if (test !== undefined) {
      records.writer?.writeEvent({ type: "test", metrics: test as Readonly<Record<string, number>> });
      await keeper.keep(result, scoresOf(result, test));
    }
    report(terminal, model, result, test);
    keeper.requireKept();
    const { notSaved } = result;
    if (notSaved !== undefined) {
      // the weights of the end are in no checkpoint
      if (keeper.place === undefined && place !== undefined) {
        await new Keeper(terminal, model, join(place.folder, "rescued.safetensors"), about).keep(
          result,
          scoresOf(result),
        );
      }
      throw unsaved(notSaved, place);
    }
    records.close();
    if (place !== undefined) say(afterwards(place, interrupted));
    else if (keeper.place === undefined) say(`the weights were not saved; ${result.steps > 0 ? SAVES : UNTRAINED}`);
    if (!interrupted) await watching?.untilInterrupted();
    return interrupted ? status() : EXIT.ok;
  } catch (error) {
    const kept = keptWeights(error);
    if (kept !== undefined && keeper.place === undefined) {
      const { history, best } = kept;
      await keeper.keep(best ?? kept, scoresOf({ history, restoredEpoch: best?.epoch }));
    }
    if (keeper.place !== undefined) line(terminal.errors, `the weights are in ${keeper.place}`);
    throw error;
  } finally {
    interruption?.release();
    watching?.close();
    records.close();
  }
}

const OUTPUT = "train: --output";
const SAVES = "--output PATH saves them";
const UNTRAINED = "no step was completed";

/** Everything that a training writes besides its weights. */
interface Records {
  readonly writer: RunWriter | undefined;
  readonly recorder: ReturnType<typeof recordRun> | undefined;
  readonly listeners: readonly EventListener[];
  /** May be called again. */
  close(): void;
}

function openRecords({ flags, place, experiment }: TrainJob, model: Model): Records {
  // the one that fails more easily comes first: then no run is begun
  const events: EventWriter | undefined =
    flags.tensorboard === undefined ? undefined : createEventWriter(flags.tensorboard);
  let writer: RunWriter | undefined;
  try {
    writer = place?.open(model);
  } catch (error) {
    events?.close();
    throw error;
  }
  const recorder = writer === undefined ? undefined : recordRun(writer, model);
  return {
    writer,
    recorder,
    listeners: [
      ...(recorder === undefined ? [] : [recorder.onEvent]),
      ...(events === undefined ? [] : [recordTensorboard(events, { settings: toPlain(experiment), model })]),
    ],
    close() {
      writer?.close();
      events?.close();
    },
  };
}

/** One listener that hands every event to all. */
function together(listeners: readonly EventListener[]): EventListener {
  return async (event) => {
    for (const each of listeners) await each(event);
  };
}

function listener(terminal: Terminal, { steps = false }: TrainFlags): EventListener {
  if (!terminal.isJson) return progress(terminal.out);
  return (event) => {
    if (event.type !== "stepEnded" || steps) jsonLine(terminal.out, event);
  };
}

function tellPlace({ out, isJson }: Terminal, { name, folder, isResumed }: RunPlace): void {
  if (isJson) jsonLine(out, { type: isResumed ? "runResumed" : "runCreated", name, folder });
  else if (!isResumed) line(out, `the run is recorded in ${folder}; gradus watch ${folder} shows it`);
}

/** The training went on without the checkpoint; at its end that is an error. */
function unsaved({ message, values }: NonNullable<TrainResult["notSaved"]>, place: RunPlace | undefined): GradusError {
  const advice =
    place === undefined ? "" : ` gradus resume ${place.folder} goes on from the last checkpoint that is whole.`;
  return new GradusError("io-error", `the last checkpoint was not written: ${message}${advice}`, values);
}

function afterwards({ folder }: RunPlace, interrupted: boolean): string {
  return interrupted ? `gradus resume ${folder} goes on from here` : `the run is in ${folder}`;
}

function plain(about: object): Json {
  return JSON.parse(JSON.stringify(about)) as Json;
}

function evaluationOf({
  loss,
  metrics,
  backend,
  threads,
  evaluationBatchSize,
}: Experiment): Parameters<typeof evaluate>[3] {
  return {
    loss,
    ...(metrics === undefined ? {} : { metrics }),
    ...(backend === undefined ? {} : { backend }),
    ...(threads === undefined ? {} : { threads }),
    ...(evaluationBatchSize === undefined ? {} : { batchSize: evaluationBatchSize }),
  };
}

function scoresOf(
  { history, restoredEpoch }: { readonly history: TrainResult["history"]; readonly restoredEpoch?: number | undefined },
  test?: Metrics,
): Json {
  const epoch = history.find((each) => each.epoch === restoredEpoch) ?? history.at(-1);
  const { train, validation, ema, swa } = epoch ?? {};
  return plain({ epoch: epoch?.epoch, train, validation, ema, swa, test });
}

function report(terminal: Terminal, model: Model, result: TrainResult, test: Metrics | undefined): void {
  if (terminal.isJson) {
    jsonLine(terminal.out, {
      type: "result",
      reason: result.reason,
      epochs: result.history.length,
      steps: result.steps,
      parameters: model.layers.reduce((sum, { parameterCount }) => sum + parameterCount, 0),
      ...(scoresOf(result, test) as object),
    });
    return;
  }
  if (test) line(terminal.out, `test  ${formatMetrics(test)}`);
}
