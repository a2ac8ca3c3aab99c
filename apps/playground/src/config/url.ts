import { type AddressProblem, createReport, encodeFields, FieldReader, type Report } from "./codec.ts";
import {
  ACTIVATIONS,
  type ClipChoice,
  type DataConfig,
  LOSSES,
  type NetworkConfig,
  OPTIMIZERS,
  type OptimizerChoice,
  PICTURE_DATA,
  PLANE_DATA,
  type PlaygroundConfig,
  SCHEDULES,
  SEQUENCE_DATA,
} from "./config.ts";
import { decodeBlocks, decodeInit, encodeBlocks, encodeInit } from "./url-blocks.ts";

export type { AddressProblem } from "./codec.ts";

/** Of the layout. A page reads the layouts of all earlier ones. */
const VERSION = 1;

const MOST_SAMPLES = 1e5;
const MOST_SEED = 2 ** 32 - 1;
const MOST_EPOCHS = 1e6;
const CLIPS = ["value", "norm", "globalNorm"] as const;
const OWN = ["csv", "pictures"] as const;

/** A configuration as the fragment of an address, without its sign:
 *    v=1&data=spirals,samples:600,noise:0.1,test:0.3,seed:1&seed=1&epochs=30&a=dense:100,sigmoid*20&a.train=sgd,rate:0.05,batch:20
 *  Defaults of fields are left out. */
export function encodeConfig({ data, seed, epochs, networks }: PlaygroundConfig): string {
  const [a, b] = networks;
  const parts = [
    `v=${VERSION}`,
    `data=${encodeData(data)}`,
    `seed=${seed}`,
    `epochs=${epochs}`,
    `a=${encodeBlocks(a.blocks)}`,
    `a.train=${encodeTraining(a)}`,
    ...(b === undefined ? [] : [`b=${encodeBlocks(b.blocks)}`, `b.train=${encodeTraining(b)}`]),
  ];
  return parts.join("&");
}

/** Names of the user's files and columns may hold anything, also the signs of this layout. `~` stands for the percent sign, which programs
 *  that pass addresses on add and remove as they like. */
function encodeText(text: string): string {
  return encodeURIComponent(text)
    .replace(/[~*!'()]/g, (sign) => `%${sign.charCodeAt(0).toString(16)}`)
    .replaceAll("%", "~");
}

function encodeData(data: DataConfig): string {
  switch (data.name) {
    case "mnist":
    case "fashion-mnist":
      return encodeFields([data.name, ["samples", data.samples], ["testSamples", data.testSamples]]);
    case "csv":
    case "pictures":
      return encodeFields([
        data.name,
        ["file", encodeText(data.file)],
        ["test", data.testShare],
        ["seed", data.seed],
        ["target", data.target === undefined ? undefined : encodeText(data.target)],
      ]);
    default:
      return encodeFields([
        data.name,
        ["samples", data.samples],
        ["length", "length" in data ? data.length : undefined],
        ["noise", data.noise],
        ["test", data.testShare],
        ["seed", data.seed],
      ]);
  }
}

function encodeTraining(network: NetworkConfig): string {
  const { optimizer, schedule, clip, l2, loss, standardize, batchSize, outputInit, outputActivation } = network;
  return encodeFields([
    optimizer.type,
    ["rate", optimizer.learningRate],
    ["momentum", optimizer.momentum],
    ["batch", batchSize],
    ["schedule", schedule === "constant" ? undefined : schedule],
    ["clip", clip?.type],
    ["threshold", clip?.threshold],
    ["l2", l2 || undefined],
    ["loss", loss === "auto" ? undefined : loss],
    standardize ? "standardize" : "",
    ["output", outputActivation === "identity" ? undefined : outputActivation],
    ...encodeInit(outputInit, "outputInit"),
  ]);
}

/** What an address says, and what of it could not be read. */
export interface DecodedConfig {
  readonly config: PlaygroundConfig;
  readonly problems: readonly AddressProblem[];
}

/** Reads the fragment of an address. Whatever is missing or damaged is as in `fallback`, and damage is reported. */
export function decodeConfig(fragment: string, fallback: PlaygroundConfig): DecodedConfig {
  const problems: AddressProblem[] = [];
  const report = createReport(problems);
  const parts = new Map(
    fragment
      .split("&")
      .filter(Boolean)
      .map((part) => {
        const [name = "", ...value] = part.split("=");
        return [name, decodedOrSame(value.join("="))] as const;
      }),
  );
  if (parts.size === 0) return { config: fallback, problems };
  const version = parts.get("v");
  if (version !== undefined && version !== String(VERSION)) report("v", version, `the version ${VERSION}`);
  const whole = (name: string, low: number, high: number) =>
    new FieldReader("address", `${name}:${parts.get(name) ?? ""}`, report).whole(name, low, high);
  const seed = parts.has("seed") ? whole("seed", 0, MOST_SEED) : undefined;
  const epochs = parts.has("epochs") ? whole("epochs", 1, MOST_EPOCHS) : undefined;
  const [first] = fallback.networks;
  const a = decodeNetwork("a", parts, first, report);
  const config: PlaygroundConfig = {
    data: decodeData(parts.get("data"), fallback.data, report),
    seed: seed ?? fallback.seed,
    epochs: epochs ?? fallback.epochs,
    networks: parts.has("b") ? [a, decodeNetwork("b", parts, first, report)] : [a],
  };
  return { config, problems };
}

/** Mail programs and chats write commas, colons and slashes with percent signs. */
function decodedOrSame(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function decodeText(text: string | undefined): string | undefined {
  return text === undefined ? undefined : decodedOrSame(text.replaceAll("~", "%"));
}

function decodeData(text: string | undefined, fallback: DataConfig, report: Report): DataConfig {
  if (text === undefined) return fallback;
  const reader = new FieldReader("data", text, report);
  const name = reader.oneOf([...PLANE_DATA, ...PICTURE_DATA, ...SEQUENCE_DATA, ...OWN]);
  if (name === undefined) {
    report("data", text, "the name of a data set, such as spirals");
    return fallback;
  }
  const data = dataOf(name, reader);
  reader.end();
  return data;
}

function dataOf(name: DataConfig["name"], reader: FieldReader): DataConfig {
  const samples = reader.whole("samples", 10, MOST_SAMPLES);
  if (name === "mnist" || name === "fashion-mnist") {
    return { name, samples: samples ?? 1000, testSamples: reader.whole("testSamples", 10, MOST_SAMPLES) ?? 500 };
  }
  const parted = { testShare: reader.number("test", 0.1, 0.9) ?? 0.3, seed: reader.whole("seed", 0, MOST_SEED) ?? 1 };
  if (name === "csv" || name === "pictures") {
    const target = decodeText(reader.text("target"));
    return {
      name,
      file: decodeText(reader.text("file")) ?? "",
      ...parted,
      ...(target === undefined ? {} : { target }),
    };
  }
  const noise = reader.number("noise", 0, 1) ?? 0.1;
  if (name === "adding" || name === "sine") {
    return { name, samples: samples ?? 1000, length: reader.whole("length", 2, 1000) ?? 20, noise, ...parted };
  }
  return { name, samples: samples ?? 600, noise, ...parted };
}

function decodeNetwork(
  name: "a" | "b",
  parts: ReadonlyMap<string, string>,
  fallback: NetworkConfig,
  report: Report,
): NetworkConfig {
  const layers = parts.get(name);
  const blocks = layers === undefined ? [] : decodeBlocks(layers, name, report);
  if (layers !== undefined && blocks.length === 0) report(name, layers, "at least one layer");
  const training = parts.get(`${name}.train`);
  if (training === undefined) return { ...fallback, blocks: blocks.length === 0 ? fallback.blocks : blocks };
  const reader = new FieldReader(`${name}.train`, training, report);
  const decoded = decodeTraining(reader, fallback);
  reader.end();
  return { blocks: blocks.length === 0 ? fallback.blocks : blocks, ...decoded };
}

function decodeTraining(reader: FieldReader, fallback: NetworkConfig): Omit<NetworkConfig, "blocks"> {
  const momentum = reader.number("momentum", 0, 1);
  const optimizer: OptimizerChoice = {
    type: reader.oneOf(OPTIMIZERS) ?? fallback.optimizer.type,
    learningRate: reader.number("rate", 0, 1e9) ?? fallback.optimizer.learningRate,
    ...(momentum === undefined ? {} : { momentum }),
  };
  const clip = decodeClip(reader);
  return {
    optimizer,
    batchSize: reader.whole("batch", 1, MOST_SAMPLES) ?? fallback.batchSize,
    schedule: reader.named("schedule", SCHEDULES) ?? "constant",
    ...(clip === undefined ? {} : { clip }),
    l2: reader.number("l2", 0, 1e6) ?? 0,
    loss: reader.named("loss", LOSSES) ?? "auto",
    standardize: reader.flag("standardize"),
    outputActivation: reader.named("output", ACTIVATIONS) ?? "identity",
    outputInit: decodeInit(reader, "outputInit"),
  };
}

function decodeClip(reader: FieldReader): ClipChoice | undefined {
  const type = reader.named("clip", CLIPS);
  const threshold = reader.number("threshold", 0, 1e9);
  return type === undefined ? undefined : { type, threshold: threshold ?? 1 };
}
