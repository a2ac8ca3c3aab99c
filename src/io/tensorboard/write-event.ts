import { PbfWriter } from "pbf";
import type { EventContent, HistogramBins, HyperparameterData } from "./event-content.ts";
import { writeHyperparameterData } from "./write-hyperparameters.ts";
import { doublesTensor, type TensorContent, textTensor, writeTensor, zeroTensor } from "./write-tensor.ts";
import { writeText } from "./write-text.ts";

/** `DATA_CLASS_TENSOR` of summary.proto. */
const TENSOR_CLASS = 2;

/** `START` of `SessionLog.SessionStatus`. */
const START = 1;

/** Tags that the hparams plugin looks for. */
const HYPERPARAMETER_TAGS = {
  experiment: "_hparams_/experiment",
  start: "_hparams_/session_start_info",
  end: "_hparams_/session_end_info",
} as const satisfies Record<HyperparameterData["kind"], string>;

/** Enough for most events; the writer of `pbf` begins with 16 and doubles them. */
const FIRST_BYTES = 256;

/** One event as bytes: `Event` of TensorFlow's event.proto, with `Summary` of summary.proto.
 *  A scalar is a `simple_value`, which every version of TensorBoard reads and which needs the fewest bytes. Histograms and texts are
 *  tensors, as TensorFlow 2 writes them; the plugin that shows a tag is stored with its first value (`isFirst`).
 *  @param seconds time of writing, in seconds since 1970. @param step a whole number. */
export function encodeEvent(step: number, seconds: number, content: EventContent): Uint8Array {
  const writer = new PbfWriter(new Uint8Array(FIRST_BYTES));
  writer.writeDoubleField(1, seconds);
  if (step !== 0) writer.writeVarintField(2, step);
  if (content.kind === "version") {
    writeText(writer, 3, "brain.Event:2");
    writer.writeMessage(10, (name, source) => writeText(source, 1, name), content.writer);
  } else if (content.kind === "restart") {
    writer.writeMessage(7, (status, log) => log.writeVarintField(1, status), START);
  } else {
    writer.writeMessage(5, writeSummary, content);
  }
  return writer.finish();
}

type Summary = Exclude<EventContent, { readonly kind: "version" | "restart" }>;

function writeSummary(content: Summary, writer: PbfWriter): void {
  if (content.kind === "scalars") {
    for (const [tag, value] of Object.entries(content.values)) writer.writeMessage(1, writeScalar, { tag, value });
  } else {
    writer.writeMessage(1, writeValue, tensorValueOf(content));
  }
}

function writeScalar({ tag, value }: { readonly tag: string; readonly value: number }, writer: PbfWriter): void {
  writeText(writer, 1, tag);
  writer.writeFloatField(2, value);
}

interface TensorValue {
  readonly tag: string;
  readonly tensor: TensorContent;
  readonly metadata?: PluginMetadata | undefined;
}

interface PluginMetadata {
  readonly plugin: string;
  readonly content?: Uint8Array;
}

function tensorValueOf(content: Exclude<Summary, { readonly kind: "scalars" }>): TensorValue {
  if (content.kind === "hyperparameters") {
    const { data } = content;
    // the plugin reads the metadata alone; the value has to be there
    return {
      tag: HYPERPARAMETER_TAGS[data.kind],
      tensor: zeroTensor(),
      metadata: { plugin: "hparams", content: encodeHyperparameters(data) },
    };
  }
  const { tag, isFirst } = content;
  const plugin = content.kind === "text" ? "text" : "histograms";
  const tensor = content.kind === "text" ? textTensor(content.text) : histogramTensor(content.bins);
  return { tag, tensor, metadata: isFirst ? { plugin } : undefined };
}

function writeValue({ tag, tensor, metadata }: TensorValue, writer: PbfWriter): void {
  writeText(writer, 1, tag);
  writer.writeMessage(8, writeTensor, tensor);
  if (metadata !== undefined) writer.writeMessage(9, writeMetadata, metadata);
}

function writeMetadata(metadata: PluginMetadata, writer: PbfWriter): void {
  writer.writeMessage(1, writePlugin, metadata);
  writer.writeVarintField(4, TENSOR_CLASS);
}

function writePlugin({ plugin, content }: PluginMetadata, writer: PbfWriter): void {
  writeText(writer, 1, plugin);
  if (content !== undefined) writer.writeBytesField(2, content);
}

function encodeHyperparameters(data: HyperparameterData): Uint8Array {
  const writer = new PbfWriter();
  writeHyperparameterData(data, writer);
  return writer.finish();
}

/** Rows of left edge, right edge, count. Values that are all equal are one row without a width. */
function histogramTensor({ low, high, counts }: HistogramBins): TensorContent {
  const width = (high - low) / counts.length;
  if (!(width > 0)) return doublesTensor([1, 3], [low, high, counts.reduce((sum, count) => sum + count, 0)]);
  const last = counts.length - 1;
  const rows = counts.flatMap((count, bin) => [
    low + bin * width,
    bin === last ? high : low + (bin + 1) * width,
    count,
  ]);
  return doublesTensor([counts.length, 3], rows);
}
