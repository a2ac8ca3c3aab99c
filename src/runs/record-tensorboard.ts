import { isRecord } from "../core/describe.ts";
import { GradusError } from "../core/errors.ts";
import { checkOptions, type Field, type Fields, field } from "../core/fields.ts";
import { warn } from "../core/host.ts";
import type { EventWriter } from "../files/event-writer.ts";
import type { Json } from "../io/checkpoint.ts";
import { flatHyperparameters } from "../io/tensorboard/flat-hyperparameters.ts";
import { type Model, requireModel } from "../nn/model.ts";
import type { EpochEnded, EventListener, RunStarted, StepEnded, StopReason, TrainEvent } from "../train/events.ts";
import { takeApart } from "../watch/probes/activation-histograms.ts";
import { layerMeasureName } from "./layer-measure.ts";

export interface TensorboardOptions {
  /** The run's settings as data: they become its hyper-parameters, and a text under the tag `settings`. */
  readonly settings?: Json | undefined;
  /** The network that is trained: then the histograms that the probe of `recordRun` measures are written, too. */
  readonly model?: Model | undefined;
}

const SETTINGS: Field<Json> = field(
  "data that JSON can hold",
  (value) => value !== null && typeof value !== "function",
);
const MODEL: Field<Model> = field("a model", isRecord, false);
const FIELDS: Fields<TensorboardOptions> = { settings: SETTINGS, model: MODEL };

/** A listener for `fit` that writes a run's events to an event file, for TensorBoard:
 *    loss  learningRate  gradientNorm                       every step
 *    layers/PATH/gradientNorm, weightNorm, zeros, …         steps that a probe measured
 *    layers/PATH/activations                                histograms, in these steps, if the probe measured them
 *    train/loss  validation/loss  ema/loss  swa/loss  …     every epoch, at the epoch's last step
 *    settings, hyper-parameters and how the run ended       once
 *  A run that continues an earlier one makes what the earlier files have of its steps void. The file is written once a second and at the
 *  end of every epoch. If the system refuses (a full disk), a warning is printed once and the training goes on.
 *  The writer stays open: whoever opened it closes it.
 *    const writer = createEventWriter("logs/first");
 *    await fit(model, { …, onEvent: recordTensorboard(writer, { settings }) });
 *    writer.close();
 *  @throws GradusError `unknown-field`, `bad-argument` for wrong options. */
export function recordTensorboard(writer: EventWriter, options: TensorboardOptions = {}): EventListener {
  checkOptions<TensorboardOptions>("recordTensorboard", options, FIELDS);
  if (options.model !== undefined) requireModel("recordTensorboard", options.model);
  let isFailing = false;
  return (event) => {
    try {
      record(writer, event, options);
    } catch (error) {
      if (!(error instanceof GradusError && error.code === "io-error")) throw error;
      if (!isFailing) warn(`${error.message} Training goes on without what could not be written.`);
      isFailing = true;
    }
  };
}

function record(writer: EventWriter, event: TrainEvent, { settings, model }: TensorboardOptions): void {
  if (event.type === "stepEnded") {
    recordStep(writer, event, model);
  } else if (event.type === "epochEnded") {
    writer.addScalars(event.step, epochScalars(event));
    writer.flush();
  } else if (event.type === "runStarted") {
    start(writer, event, settings);
  } else if (event.type === "stopped") {
    const status = STATUS[event.reason];
    if (status !== undefined) writer.endRun(status);
    writer.flush();
  }
}

/** An interrupted run may go on, and TensorBoard keeps the first status that it reads. */
const STATUS: Readonly<Record<StopReason, "success" | "failure" | undefined>> = {
  finished: "success",
  "early-stopping": "success",
  callback: "success",
  interrupted: undefined,
  "not-finite": "failure",
};

function start(writer: EventWriter, { resumed }: RunStarted, settings: Json | undefined): void {
  if (resumed !== undefined) writer.restartAt(resumed.step + 1);
  if (settings !== undefined) {
    writer.addHyperparameters(flatHyperparameters(settings));
    writer.addText("settings", 0, codeBlock(JSON.stringify(settings, undefined, 2)));
  }
  writer.flush();
}

/** Markdown's form for text that is shown as it is, whatever it contains. */
function codeBlock(text: string): string {
  return text.replace(/^/gm, "    ");
}

function recordStep(writer: EventWriter, event: StepEnded, model: Model | undefined): void {
  const { step, loss, learningRate, gradientNorm, layerGradientNorms, measures, samples } = event;
  const scalars: Record<string, number> = { loss };
  if (learningRate !== undefined) scalars.learningRate = learningRate;
  if (gradientNorm !== undefined) scalars.gradientNorm = gradientNorm;
  for (const [path, norm] of Object.entries(layerGradientNorms ?? {}))
    scalars[layerMeasureName(path, "gradientNorm")] = norm;
  if (measures === undefined) {
    writer.addScalars(step, scalars);
    return;
  }
  const { readings, histograms } =
    model === undefined ? { readings: measures, histograms: new Map() } : takeApart(measures, model, samples);
  for (const [name, value] of Object.entries(readings)) {
    const words = name.split(" ").length;
    // one blank: layer and measure; more: a part of a histogram, which needs the model
    if (words <= 2) scalars[measureName(name)] = value;
  }
  writer.addScalars(step, scalars);
  for (const [path, bins] of histograms) writer.addHistogram(layerMeasureName(path, "activations"), step, bins);
}

/** A probe's numbers are named by layer path, a blank, and the measure; a probe made by hand names them as it likes. */
function measureName(name: string): string {
  const place = name.indexOf(" ");
  return place < 0 ? name : layerMeasureName(name.slice(0, place), name.slice(place + 1));
}

function epochScalars({ train, validation, ema, swa, samplesPerSecond }: EpochEnded) {
  const scalars: Record<string, number> = { samplesPerSecond };
  for (const [part, metrics] of Object.entries({ train, validation, ema, swa })) put(scalars, part, metrics ?? {});
  return scalars;
}

function put(
  scalars: Record<string, number>,
  part: string,
  metrics: Readonly<Record<string, number | undefined>>,
): void {
  for (const [name, value] of Object.entries(metrics)) if (value !== undefined) scalars[`${part}/${name}`] = value;
}
