import { describe } from "../core/describe.ts";
import { requireArgument } from "../core/errors.ts";
import { COUNT, callback, checkOptions, type Fields, FLAG, TEXT } from "../core/fields.ts";
import { oneLine } from "../core/terminal-text.ts";
import type { EpochEnded, EventListener, Metrics, Resumed, TrainEvent } from "./events.ts";

/** The destination of progress output: a terminal, a file or a pipe, such as Node's `process.stdout`. */
export interface ProgressStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
  write(text: string): unknown;
}

export interface ProgressOptions {
  /** Prefix of every line, such as "patient". */
  readonly label?: string;
  /** Default: the stream's `isTTY`. True draws a bar in place, false writes one line per epoch. */
  readonly isTerminal?: boolean;
  /** Write a line for every n-th epoch, the first and the last. Default 1; if the stream is not a terminal, fewer from epoch 200 on. */
  readonly everyEpochs?: number;
  /** Clock for the remaining time; default `performance.now`. */
  readonly now?: () => number;
}

const FIELDS: Fields<ProgressOptions> = { label: TEXT, isTerminal: FLAG, everyEpochs: COUNT, now: callback() };

/** Milliseconds between two drawings of the bar. */
const REDRAW_MS = 80;
/** On a pipe, a long epoch writes a line after this time, and then whenever another twentieth of the time has passed: 180 lines per week. */
const LINE_MS = 10_000;
const LINE_SHARE = 0.05;
/** On a pipe, every epoch up to this one has its line, then every tenth up to ten times this number, then every hundredth: 560 lines for 20,000. */
const EPOCHS_ONE_BY_ONE = 200;
const BAR_CELLS = 24;
const ERASE_LINE = "\r\u001b[2K";

/** 0.0832 -> "0.0832", 12.345 -> "12.3", 1e-7 -> "1.0e-7". */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e6)) return value.toExponential(1);
  return value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 1 ? 3 : 4);
}

/** 24_310 -> "24,310". */
export function formatCount(value: number): string {
  return Math.round(value).toLocaleString("en-US");
}

/** 5 s, 1 min 05 s, 2 h 03 min. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  if (seconds < 60) return `${seconds} s`;
  const two = (value: number) => String(value).padStart(2, "0");
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
  return `${Math.floor(seconds / 3600)} h ${two(Math.floor((seconds % 3600) / 60))} min`;
}

const SHARES = /^(accuracy|top\d+)$/;

/** "loss 0.2130, accuracy 93.75 %". Accuracies as percentages. */
export function formatMetrics(metrics: Metrics): string {
  return Object.entries(metrics as Readonly<Record<string, number>>)
    .map(([name, value]) => `${name} ${SHARES.test(name) ? `${(100 * value).toFixed(2)} %` : formatNumber(value)}`)
    .join(", ");
}

/** A bar of `cells` characters, filled to a share in eighths of a character. */
export function renderBar(share: number, cells: number = BAR_CELLS): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * cells * 8);
  const full = Math.floor(eighths / 8);
  const rest = eighths % 8;
  const partial = rest === 0 ? "" : String.fromCharCode(0x2590 - rest); // U+258F is one eighth, U+2588 the whole cell
  return `${"\u2588".repeat(full)}${partial}`.padEnd(cells, "\u00b7");
}

/** One line for a finished epoch. */
export function epochLine(event: EpochEnded, epochs: number): string {
  const parts = [`epoch ${event.epoch}/${epochs}`, `train ${formatMetrics(event.train)}`];
  if (event.validation) parts.push(`validation ${formatMetrics(event.validation)}`);
  if (event.ema) parts.push(`ema ${formatMetrics(event.ema)}`);
  if (event.swa) parts.push(`swa ${formatMetrics(event.swa)}`);
  parts.push(`${formatCount(event.samplesPerSecond)} samples/s`);
  if (event.isBest) parts.push("best so far");
  return parts.join("  ");
}

/** 1, 10, 100, …: the number of epochs per line. */
function strideAt(epoch: number): number {
  let stride = 1;
  while (epoch > stride * EPOCHS_ONE_BY_ONE) stride *= 10;
  return stride;
}

/** A listener that displays a run: on a terminal a bar with samples per second and the remaining time, updated in place, and one
 *  line per finished epoch; elsewhere plain lines only, fewer as the run gets longer. Pass it to `fit` as `onEvent`. */
export function progress(stream: ProgressStream, options: ProgressOptions = {}): EventListener {
  requireArgument(
    typeof stream?.write === "function",
    `progress: expected a stream such as process.stdout, got ${describe(stream)}.`,
  );
  checkOptions<ProgressOptions>("progress", options, FIELDS);
  const { isTerminal = stream.isTTY === true, now = () => performance.now(), everyEpochs = 1 } = options;
  const prefix = options.label === undefined ? "" : `${options.label}  `;
  let epochs = 0;
  let stepsPerEpoch = 1;
  let startedAt = 0;
  /** Steps that an earlier run has done. */
  let firstStep = 0;
  let epochStartedAt = 0;
  let samplesThisEpoch = 0;
  let shownAt = 0;

  const line = (text: string) => stream.write(`${isTerminal ? ERASE_LINE : ""}${prefix}${text}\n`);
  const status = (event: Extract<TrainEvent, { type: "stepEnded" }>): string => {
    const time = now();
    const rate = samplesThisEpoch / Math.max(1e-3, (time - epochStartedAt) / 1000);
    const left = ((time - startedAt) / (event.step - firstStep)) * (epochs * stepsPerEpoch - event.step);
    return (
      `epoch ${event.epoch}/${epochs}  step ${event.stepInEpoch}/${stepsPerEpoch}  loss ${formatNumber(event.loss)}  ` +
      `${formatCount(rate)} samples/s  ${formatDuration(left)} left`
    );
  };

  const shows: { readonly [Type in TrainEvent["type"]]?: (event: Extract<TrainEvent, { type: Type }>) => void } = {
    runStarted(event) {
      ({ epochs, stepsPerEpoch } = event);
      startedAt = now();
      shownAt = startedAt;
      const { resumed } = event;
      firstStep = resumed?.step ?? 0;
      if (resumed !== undefined) line(resumedLine(resumed));
    },
    epochStarted() {
      epochStartedAt = now();
      samplesThisEpoch = 0;
    },
    stepEnded(event) {
      samplesThisEpoch += event.samples;
      const time = now();
      if (time - shownAt < (isTerminal ? REDRAW_MS : Math.max(LINE_MS, LINE_SHARE * (time - startedAt)))) return;
      shownAt = time;
      if (!isTerminal) return void line(status(event));
      const bar = `${prefix}${renderBar(event.stepInEpoch / stepsPerEpoch)}  ${status(event)}`;
      stream.write(ERASE_LINE + oneLine(bar, stream.columns));
    },
    epochEnded(event) {
      const { epoch } = event;
      const every = everyEpochs * (isTerminal ? 1 : strideAt(epoch));
      if (epoch % every !== 0 && epoch !== 1 && epoch !== epochs) return;
      line(epochLine(event, epochs));
      shownAt = now();
    },
    checkpointFailed({ step, error }) {
      line(`step ${step}: no checkpoint was written, the training goes on: ${error.message}`);
    },
    stopped(event) {
      if (isTerminal) stream.write(ERASE_LINE);
      if (event.reason !== "finished") line(stoppedLine(event));
      if (event.notSaved !== undefined) line(`the last state was not saved: ${event.notSaved.message}`);
    },
  };
  return (event) => {
    (shows[event.type] as ((event: TrainEvent) => void) | undefined)?.(event);
  };
}

/** "goes on in epoch 3, step 1,200; epochs 10 -> 20". */
function resumedLine({ step, epoch, changes, bitsMayDiffer }: Resumed): string {
  const changed = Object.entries(changes).map(
    ([path, { from, to }]) => `; ${path} ${JSON.stringify(from) ?? "default"} -> ${JSON.stringify(to) ?? "default"}`,
  );
  const bits =
    bitsMayDiffer === undefined
      ? ""
      : `\nthe last bits may differ from those of a run without a break: ${bitsMayDiffer}`;
  return `goes on in epoch ${epoch}, after step ${formatCount(step)}${changed.join("")}${bits}`;
}

const REASONS = {
  finished: "finished",
  "early-stopping": "stopped early: the validation metric no longer improves",
  interrupted: "interrupted: the step was finished, the weights are kept",
  callback: "stopped by a callback",
  "not-finite": "stopped: values became NaN or infinite",
} satisfies Record<Extract<TrainEvent, { type: "stopped" }>["reason"], string>;

function stoppedLine(event: Extract<TrainEvent, { type: "stopped" }>): string {
  const restored = event.restoredEpoch === undefined ? "" : `; weights of epoch ${event.restoredEpoch} restored`;
  return `${REASONS[event.reason]} (epoch ${event.epoch}, step ${event.step}${restored})`;
}
