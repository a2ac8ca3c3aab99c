import type { PbfWriter } from "pbf";
import type { HyperparameterData, HyperparameterValue } from "./event-content.ts";
import { writeText } from "./write-text.ts";

/** `DataType` of the plugin's api.proto. */
const TYPES = { string: 1, boolean: 2, number: 3 } as const;

/** `Status` of the plugin's api.proto. */
const STATUS = { success: 1, failure: 2 } as const;

/** `HParamsPluginData` of the hparams plugin's plugin_data.proto; its version 0 is not written, as proto3 wants it. */
export function writeHyperparameterData(data: HyperparameterData, writer: PbfWriter): void {
  if (data.kind === "experiment") writer.writeMessage(2, writeExperiment, data);
  else if (data.kind === "start") writer.writeMessage(3, writeStart, data);
  else writer.writeMessage(4, writeEnd, data);
}

type DataOf<Kind extends HyperparameterData["kind"]> = Extract<HyperparameterData, { readonly kind: Kind }>;

function writeExperiment({ names, metrics, seconds }: DataOf<"experiment">, writer: PbfWriter): void {
  writer.writeDoubleField(3, seconds);
  for (const [name, value] of Object.entries(names)) {
    writer.writeMessage(
      4,
      (type, info) => {
        writeText(info, 1, name);
        info.writeVarintField(4, type);
      },
      TYPES[typeof value as keyof typeof TYPES],
    );
  }
  for (const tag of metrics) {
    writer.writeMessage(5, (each, info) => info.writeMessage(1, (text, name) => writeText(name, 2, text), each), tag);
  }
}

function writeStart({ values, group, seconds }: DataOf<"start">, writer: PbfWriter): void {
  for (const [name, value] of Object.entries(values)) writer.writeMessage(1, writeEntry, { name, value });
  if (group !== "") writeText(writer, 4, group);
  writer.writeDoubleField(5, seconds);
}

/** An entry of a map: key 1, value 2. */
function writeEntry(
  { name, value }: { readonly name: string; readonly value: HyperparameterValue },
  writer: PbfWriter,
): void {
  writeText(writer, 1, name);
  writer.writeMessage(2, writeStructValue, value);
}

/** `Value` of protobuf's struct.proto. */
function writeStructValue(value: HyperparameterValue, writer: PbfWriter): void {
  if (typeof value === "number") writer.writeDoubleField(2, value);
  else if (typeof value === "string") writeText(writer, 3, value);
  else writer.writeBooleanField(4, value);
}

function writeEnd({ status, seconds }: DataOf<"end">, writer: PbfWriter): void {
  writer.writeVarintField(1, STATUS[status]);
  writer.writeDoubleField(2, seconds);
}
