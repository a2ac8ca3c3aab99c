import { PbfWriter } from "pbf";
import { maskedCrc32c } from "../../../src/io/crc32c.ts";

/** An event written by tests: `at` in seconds since 1970. */
export interface WrittenEvent {
  readonly step: number;
  readonly at?: number;
  readonly values: readonly WrittenValue[];
  /** Whether it reports a restart at its step: by the status of a session, or by the step of the file version. */
  readonly restart?: "session" | "version";
}

export interface WrittenHistogram {
  readonly low: number;
  readonly high: number;
  readonly count: number;
  readonly sum: number;
  readonly sumOfSquares: number;
  readonly limits: readonly number[];
  readonly counts: readonly number[];
}

/** One value, in one of the writers' formats. */
export type WrittenValue = { readonly tag: string } & (
  | { readonly simple: number }
  | { readonly histogram: WrittenHistogram }
  /** TensorFlow 2, as bytes; only the first event of a tag has `plugin`. */
  | { readonly tensor: readonly number[]; readonly type: "float" | "double"; readonly plugin?: string }
  /** The same, number by number. */
  | { readonly numbers: readonly number[]; readonly type: "float" | "double"; readonly plugin?: string }
  | { readonly text: string }
);

const TYPES = { float: 1, double: 2 } as const;

/** The bytes of an event file. */
export function eventFile(events: readonly WrittenEvent[]): Uint8Array {
  const version = message((writer) => {
    writer.writeDoubleField(1, 1_700_000_000);
    writer.writeStringField(3, "brain.Event:2");
  });
  return joined([version, ...events.map(eventMessage)].map(frame));
}

/** One record around its data. */
export function frame(data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(data.length + 16);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(data.length), true);
  view.setUint32(8, maskedCrc32c(bytes.subarray(0, 8)), true);
  bytes.set(data, 12);
  view.setUint32(12 + data.length, maskedCrc32c(data), true);
  return bytes;
}

export function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function message(write: (writer: PbfWriter) => void): Uint8Array {
  const writer = new PbfWriter();
  write(writer);
  return writer.finish().slice();
}

function eventMessage({ step, at = 1_700_000_000 + step, values, restart }: WrittenEvent): Uint8Array {
  return message((writer) => {
    writer.writeDoubleField(1, at);
    writer.writeVarintField(2, step);
    if (restart === "version") writer.writeStringField(3, "brain.Event:2");
    if (restart === "session")
      writer.writeBytesField(
        7,
        message((session) => session.writeVarintField(1, 1)),
      );
    if (restart !== undefined) return;
    writer.writeBytesField(
      5,
      message((summary) => {
        for (const value of values) summary.writeBytesField(1, valueMessage(value));
      }),
    );
  });
}

function valueMessage(value: WrittenValue): Uint8Array {
  return message((writer) => {
    writer.writeStringField(1, value.tag);
    if ("simple" in value) writer.writeFloatField(2, value.simple);
    else if ("histogram" in value) writer.writeBytesField(5, histogramMessage(value.histogram));
    else if ("text" in value)
      writer.writeBytesField(
        8,
        message((tensor) => tensor.writeStringField(8, value.text)),
      );
    else {
      const { plugin } = value;
      if (plugin !== undefined) {
        const data = message((inner) => inner.writeStringField(1, plugin));
        writer.writeBytesField(
          9,
          message((metadata) => metadata.writeBytesField(1, data)),
        );
      }
      writer.writeBytesField(8, "tensor" in value ? tensorMessage(value) : numbersMessage(value));
    }
  });
}

function tensorMessage({ tensor, type }: { readonly tensor: readonly number[]; readonly type: "float" | "double" }) {
  const values = type === "float" ? Float32Array.from(tensor) : Float64Array.from(tensor);
  return message((writer) => {
    writer.writeVarintField(1, TYPES[type]);
    writer.writeBytesField(4, new Uint8Array(values.buffer));
  });
}

function numbersMessage({ numbers, type }: { readonly numbers: readonly number[]; readonly type: "float" | "double" }) {
  return message((writer) => {
    writer.writeVarintField(1, TYPES[type]);
    if (type === "float") writer.writePackedFloat(5, [...numbers]);
    else writer.writePackedDouble(6, [...numbers]);
  });
}

function histogramMessage({ low, high, count, sum, sumOfSquares, limits, counts }: WrittenHistogram): Uint8Array {
  return message((writer) => {
    for (const [index, number] of [low, high, count, sum, sumOfSquares].entries())
      writer.writeDoubleField(index + 1, number);
    writer.writePackedDouble(6, [...limits]);
    writer.writePackedDouble(7, [...counts]);
  });
}

/** Numbers in the format of PyTorch's SummaryWriter: limits that grow by a tenth from 1e-12, an empty bucket first. */
export function histogramOf(values: readonly number[]): WrittenHistogram {
  const positive: number[] = [];
  for (let limit = 1e-12; limit < 1e20; limit *= 1.1) positive.push(limit);
  const all = [...positive.toReversed().map((limit) => -limit), 0, ...positive];
  const counts = all.slice(1).map(() => 0);
  for (const value of values) {
    const place = all.findLastIndex((limit) => limit <= value);
    counts[place] = (counts[place] ?? 0) + 1;
  }
  const from = counts.findIndex((count) => count > 0);
  const to = counts.findLastIndex((count) => count > 0);
  const total = (of: (value: number) => number) => values.reduce((sum, value) => sum + of(value), 0);
  return {
    low: Math.min(...values),
    high: Math.max(...values),
    count: values.length,
    sum: total((value) => value),
    sumOfSquares: total((value) => value * value),
    limits: all.slice(from, to + 2),
    counts: [0, ...counts.slice(from, to + 1)],
  };
}
