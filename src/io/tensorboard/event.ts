import { PbfReader } from "pbf";
import { type Distribution, fromHistogramMessage, fromHistogramRows, type HistogramMessage } from "./distribution.ts";
import { readTensor } from "./tensor.ts";

/** One value of one tag. */
export interface LoggedValue {
  readonly tag: string;
  readonly step: number;
  /** Time of writing, in seconds since 1970. */
  readonly seconds: number;
  readonly value: number | Distribution;
}

/** The relevant contents of an event. */
export interface LogEvent {
  readonly seconds: number;
  readonly step: number;
  readonly values: readonly LoggedValue[];
  /** Whether the run continues from this step. */
  readonly isRestart: boolean;
  /** Tags of images, sounds and texts, which hold no numbers. */
  readonly unread: readonly string[];
}

interface ValueMessage {
  tag: string;
  plugin?: string;
  number?: number;
  histogram?: HistogramMessage;
  tensor?: ArrayLike<number> | undefined;
}

type FieldReaders<T> = Readonly<Record<number, (reader: PbfReader, message: T) => void>>;

const fieldsOf =
  <T>(fields: FieldReaders<T>) =>
  (field: number, message: T, reader: PbfReader): void =>
    fields[field]?.(reader, message);

const readHistogramField = fieldsOf<HistogramMessage>({
  1: (reader, message) => {
    message.low = reader.readDouble();
  },
  2: (reader, message) => {
    message.high = reader.readDouble();
  },
  3: (reader, message) => {
    message.count = reader.readDouble();
  },
  4: (reader, message) => {
    message.sum = reader.readDouble();
  },
  5: (reader, message) => {
    message.sumOfSquares = reader.readDouble();
  },
  6: (reader, { limits }) => reader.readPackedDouble(limits),
  7: (reader, { counts }) => reader.readPackedDouble(counts),
});

/** `plugin_data` of `SummaryMetadata`, and `plugin_name` of that: both are field 1. */
const readPluginField = fieldsOf<ValueMessage>({
  1: (reader, message) => {
    message.plugin = reader.readString();
  },
});
const readMetadataField = fieldsOf<ValueMessage>({
  1: (reader, message) => reader.readMessage(readPluginField, message),
});

const readValueField = fieldsOf<ValueMessage>({
  1: (reader, message) => {
    message.tag = reader.readString();
  },
  2: (reader, message) => {
    message.number = reader.readFloat();
  },
  5: (reader, message) => {
    const empty = { low: 0, high: 0, count: 0, sum: 0, sumOfSquares: 0, limits: [], counts: [] };
    message.histogram = reader.readMessage<HistogramMessage>(readHistogramField, empty);
  },
  8: (reader, message) => {
    message.tensor = readTensor(reader);
  },
  9: (reader, message) => reader.readMessage(readMetadataField, message),
});

const readSummaryField = fieldsOf<ValueMessage[]>({
  1: (reader, messages) => messages.push(reader.readMessage<ValueMessage>(readValueField, { tag: "" })),
});

interface EventMessage {
  seconds: number;
  step: number;
  isVersion: boolean;
  status: number;
  readonly messages: ValueMessage[];
}

/** `START` of `SessionLog.SessionStatus`. */
const START = 1;

const readSessionField = fieldsOf<EventMessage>({
  1: (reader, message) => {
    message.status = reader.readVarint();
  },
});

const readEventField = fieldsOf<EventMessage>({
  1: (reader, message) => {
    message.seconds = reader.readDouble();
  },
  2: (reader, message) => {
    message.step = reader.readVarint(true);
  },
  3: (_, message) => {
    message.isVersion = true;
  },
  5: (reader, { messages }) => reader.readMessage(readSummaryField, messages),
  7: (reader, message) => reader.readMessage(readSessionField, message),
});

/** Reads one event: `Event` of TensorFlow's `event.proto`, with `Summary` of `summary.proto`.
 *  @param plugins the plugin of each tag, which writers store only once; extended by this call.
 *  @throws what the decoder throws for bytes that are not a message. */
export function readEvent(bytes: Uint8Array, plugins: Map<string, string>): LogEvent {
  const { seconds, step, isVersion, status, messages } = new PbfReader(bytes).readFields<EventMessage>(readEventField, {
    seconds: 0,
    step: 0,
    isVersion: false,
    status: 0,
    messages: [],
  });
  const values: LoggedValue[] = [];
  const unread: string[] = [];
  for (const message of messages) {
    if (message.plugin !== undefined) plugins.set(message.tag, message.plugin);
    const value = numbersOf(message, plugins.get(message.tag));
    if (value === undefined) unread.push(message.tag);
    else values.push({ tag: message.tag, step, seconds, value });
  }
  // a file that begins at step 0 restarts nothing
  return { seconds, step, values, isRestart: status === START || (isVersion && step > 0), unread };
}

function numbersOf(
  { number, histogram, tensor }: ValueMessage,
  plugin: string | undefined,
): LoggedValue["value"] | undefined {
  if (number !== undefined) return number;
  if (histogram !== undefined) return fromHistogramMessage(histogram);
  if (tensor === undefined) return undefined;
  if (plugin === "histograms") return tensor.length % 3 === 0 ? fromHistogramRows(tensor) : undefined;
  return tensor.length === 1 ? (tensor[0] as number) : undefined;
}
