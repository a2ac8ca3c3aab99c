import { GradusError } from "../core/errors.ts";
import { checkOptions, type Field, type Fields, field } from "../core/fields.ts";
import { warn } from "../core/host.ts";
import type { Json } from "../io/checkpoint.ts";
import { flatHyperparameters } from "../io/tensorboard/flat-hyperparameters.ts";
import type { EpochEnded, EventListener, RunStarted, StepEnded, StopReason, TrainEvent } from "../train/events.ts";
import type { EventWriter } from "./event-writer.ts";

export interface TensorboardOptions {
  /** The run's settings as data: they become its hyper-parameters, and a text under the tag `settings`. */
  readonly settings?: Json | undefined;
}

const SETTINGS: Field<Json> = field(
  "data that JSON can hold",
  (value) => value !== null && typeof value !== "function",
);
const FIELDS: Fields<TensorboardOptions> = { settings: SETTINGS };

/** A listener for `fit` that writes a run's events to an event file, for TensorBoard:
 *    loss  learningRate  gradientNorm                       every step
 *    layers/PATH/gradientNorm, weightNorm, zeros, …         steps that a probe measured
 *    train/loss  validation/loss  validation/accuracy  …    every epoch, at the epoch's last step
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

function record(writer: EventWriter, event: TrainEvent, { settings }: TensorboardOptions): void {
  if (event.type === "stepEnded") {
    writer.addScalars(event.step, stepScalars(event));
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

function stepScalars({ loss, learningRate, gradientNorm, layerGradientNorms, measures }: StepEnded) {
  const scalars: Record<string, number> = { loss };
  if (learningRate !== undefined) scalars.learningRate = learningRate;
  if (gradientNorm !== undefined) scalars.gradientNorm = gradientNorm;
  for (const [path, norm] of Object.entries(layerGradientNorms ?? {})) scalars[layerTag(`${path} gradientNorm`)] = norm;
  for (const [name, value] of Object.entries(measures ?? {})) scalars[layerTag(name)] = value;
  return scalars;
}

/** A probe's numbers are named by layer path, a blank, and the measure; a probe made by hand names them as it likes. */
function layerTag(name: string): string {
  const place = name.indexOf(" ");
  return place < 0 ? name : `layers/${name.slice(0, place)}/${name.slice(place + 1)}`;
}

function epochScalars({ train, validation, samplesPerSecond }: EpochEnded) {
  const scalars: Record<string, number> = { samplesPerSecond };
  put(scalars, "train", train);
  put(scalars, "validation", validation ?? {});
  return scalars;
}

function put(
  scalars: Record<string, number>,
  part: string,
  metrics: Readonly<Record<string, number | undefined>>,
): void {
  for (const [name, value] of Object.entries(metrics)) if (value !== undefined) scalars[`${part}/${name}`] = value;
}
