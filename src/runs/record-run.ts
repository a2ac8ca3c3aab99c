import { isAbsolute, relative, sep } from "node:path";
import { describe, isRecord } from "../core/describe.ts";
import { GradusError, requireArgument } from "../core/errors.ts";
import { callback, checkOptions, type Fields, FLAG } from "../core/fields.ts";
import { type Model, requireModel } from "../nn/model.ts";
import type { CheckpointSaved, EpochEnded, EventListener, RunStarted, StepEnded, TrainEvent } from "../train/events.ts";
import type { StepProbe } from "../train/probe.ts";
import { createHistogramProbe, takeApart } from "../watch/probes/activation-histograms.ts";
import { toReading } from "../watch/probes/layer-probe.ts";
import { layerMeasureName } from "./layer-measure.ts";
import { ReadingClock } from "./reading-clock.ts";
import { RunWriter } from "./run-writer.ts";
import { StepRecorder } from "./step-recorder.ts";

export interface RecordRunOptions {
  /** Measure the layers now and then, by a clock: at most 0.5 % of the time after the first. Default true. */
  readonly readings?: boolean | undefined;
  /** Milliseconds, for the clock of the readings and for samples per second. Default `performance.now`. */
  readonly now?: (() => number) | undefined;
}

const FIELDS: Fields<RecordRunOptions> = { readings: FLAG, now: callback() };

/** What `fit` gets, so that a run is recorded. */
export interface RunRecorder {
  readonly onEvent: EventListener;
  /** Never due if `readings` is false. */
  readonly probe: StepProbe;
  /** Records why `fit` threw: where the first bad value was, or that the run failed. */
  failed(error: unknown): void;
}

/** Records a run while it trains: its measures, epochs, checkpoints, layers and end.
 *    const run = createRun("runs/first", { name: "first", settings, model });
 *    const recorder = recordRun(run, model);
 *    await fit(model, { ...options, onEvent: recorder.onEvent, probe: recorder.probe }).catch((error) => {
 *      recorder.failed(error);
 *      throw error;
 *    }).finally(() => run.close());
 *  No bit of the results depends on it. */
export function recordRun(writer: RunWriter, model: Model, options: RecordRunOptions = {}): RunRecorder {
  checkOptions<RecordRunOptions>("recordRun", options, FIELDS);
  requireArgument(
    writer instanceof RunWriter,
    `recordRun: expected what createRun or continueRun gives, got ${describe(writer)}.`,
  );
  requireModel("recordRun", model);
  const { readings = true, now = () => performance.now() } = options;
  const clock = new ReadingClock(now);
  const recorder = new Recorder(writer, model, clock, now);
  return {
    onEvent: (event) => recorder.hear(event),
    probe: createHistogramProbe(model, () => readings && clock.isDue()),
    failed: (error) => recorder.fail(error),
  };
}

class Recorder {
  readonly #writer: RunWriter;
  readonly #model: Model;
  readonly #clock: ReadingClock;
  readonly #steps: StepRecorder;
  #epoch = 0;
  #step = 0;
  #hasStopped = false;

  constructor(writer: RunWriter, model: Model, clock: ReadingClock, now: () => number) {
    this.#writer = writer;
    this.#model = model;
    this.#clock = clock;
    this.#steps = new StepRecorder(writer, now);
  }

  hear(event: TrainEvent): undefined {
    switch (event.type) {
      case "runStarted":
        return this.#start(event);
      case "epochStarted":
        return this.#steps.beginEpoch();
      case "stepEnded":
        return this.#takeStep(event);
      case "epochEnded":
        return this.#endEpoch(event);
      case "checkpointSaved":
        return this.#saved(event);
      case "stopped":
        this.#hasStopped = true;
        this.#writer.writeEvent({ type: "stopped", reason: event.reason, epoch: event.epoch, step: event.step });
        return undefined;
    }
  }

  #start(event: RunStarted): undefined {
    const { epochs, stepsPerEpoch, samples, validationSamples, parameterCount, backend, threads, resumed } = event;
    this.#step = resumed?.step ?? 0;
    this.#epoch = (resumed?.epoch ?? 1) - 1;
    this.#hasStopped = false;
    this.#clock.start(epochs * stepsPerEpoch - this.#step);
    this.#writer.writeEvent({
      type: resumed === undefined ? "started" : "resumed",
      backend,
      threads,
      epochs,
      stepsPerEpoch,
      parameters: parameterCount,
      samples,
      validationSamples,
      step: this.#step,
      ...(resumed === undefined ? {} : { changes: changesOf(resumed.changes) }),
    });
    return undefined;
  }

  #takeStep(event: StepEnded): undefined {
    this.#step = event.step;
    this.#steps.take(event);
    this.#clock.stepped(event.measures !== undefined);
    if (event.measures !== undefined) this.#takeReading(event, event.measures);
    return undefined;
  }

  #takeReading(event: StepEnded, measured: Readonly<Record<string, number>>): void {
    const { readings, histograms } = takeApart(measured, this.#model, event.samples);
    const reading = toReading({ ...event, measures: readings }, this.#model);
    const measures: Record<string, number> = {};
    for (const [path, layer] of Object.entries(reading?.layers ?? {})) {
      for (const [name, value] of Object.entries(layer as Readonly<Record<string, number | undefined>>)) {
        // the run's own norms by layer are of more steps
        const isKnown = name === "gradientNorm" && this.#steps.hasLayerNorms;
        if (value !== undefined && !isKnown) measures[layerMeasureName(path, name)] = value;
      }
    }
    if (Object.keys(measures).length > 0) this.#writer.add(event.step, measures);
    if (!this.#clock.isHistogramDue()) return;
    for (const [path, histogram] of histograms) {
      this.#writer.addHistogram(layerMeasureName(path, "activations"), event.step, histogram);
    }
  }

  #endEpoch(event: EpochEnded): undefined {
    const { epoch, step, train, validation, samplesPerSecond, learningRate, isBest } = event;
    this.#epoch = epoch;
    this.#steps.endEpoch(event);
    this.#writer.add(step, epochMeasures(event));
    this.#writer.writeEvent({
      type: "epoch",
      epoch,
      step,
      train: metricsOf(train),
      ...(validation === undefined ? {} : { validation: metricsOf(validation) }),
      samplesPerSecond,
      ...(learningRate === undefined ? {} : { learningRate }),
      ...(isBest === undefined ? {} : { isBest }),
    });
    return undefined;
  }

  #saved({ step, epoch, file, bytes, durationMs }: CheckpointSaved): undefined {
    const inside = relative(this.#writer.folder, file);
    const isInside = !inside.startsWith("..") && !isAbsolute(inside);
    this.#writer.writeEvent({
      type: "checkpoint",
      step,
      epoch,
      file: isInside ? inside.split(sep).join("/") : file,
      bytes,
      ms: durationMs,
    });
    return undefined;
  }

  fail(error: unknown): void {
    const isNotFinite = error instanceof GradusError && error.code === "not-finite";
    if (isNotFinite) {
      const { step = this.#step, epoch = this.#epoch + 1, layer, tensor } = error.values;
      this.#writer.writeEvent({
        type: "notFinite",
        step: step as number,
        epoch: epoch as number,
        ...(typeof layer === "string" ? { layer } : {}),
        tensor: typeof tensor === "string" ? tensor : "loss",
      });
    }
    if (this.#hasStopped) return;
    this.#hasStopped = true;
    const code = error instanceof GradusError ? error.code : error instanceof Error ? error.name : "error";
    this.#writer.writeEvent({ type: "stopped", reason: code, epoch: this.#epoch, step: this.#step });
  }
}

/** The metrics of every part of an epoch's event that has some: train, validation, and averaged weights. */
function epochMeasures(event: EpochEnded): Readonly<Record<string, number>> {
  const parts = Object.entries(event).filter(([, part]) => isRecord(part));
  return Object.fromEntries(
    parts.flatMap(([part, metrics]) =>
      Object.entries(metricsOf(metrics)).map(([name, value]) => [`${part}/${name}`, value] as const),
    ),
  );
}

/** The numbers among the values. */
function metricsOf(metrics: object): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => typeof value === "number"));
}

/** What a resumed run changed, as JSON: `from` or `to` is left out where there was nothing, or is nothing. */
function changesOf(changes: NonNullable<RunStarted["resumed"]>["changes"]) {
  return Object.fromEntries(
    Object.entries(changes).map(([path, { from, to }]) => [
      path,
      { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) },
    ]),
  );
}
