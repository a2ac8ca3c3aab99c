import { readFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateSync, gzipSync } from "node:zlib";
import type { HostArray } from "../../src/core/dtype.ts";
import { writeCheckpoint } from "../../src/files/files.ts";
import { saveModel } from "../../src/files/model-file.ts";
import { encodeIdx } from "../../src/io/idx.ts";
import { encodeNpy } from "../../src/io/npy.ts";
import { encodeSafetensors } from "../../src/io/safetensors.ts";
import type { LayerInput } from "../../src/nn/layers.ts";
import { createModel } from "../../src/nn/model.ts";
import { eventFile, frame, histogramOf } from "../io/tensorboard/write-events.ts";
import type { Kind } from "./readers.ts";

/** A part of a file that can be changed separately; the length, checksum or stream around it is computed again. */
export interface Part {
  readonly inner: string | Uint8Array;
  readonly wrap: (inner: Uint8Array) => Uint8Array;
}

/** A valid file for its reader. */
export interface Specimen {
  readonly kind: Kind;
  /** name of the file, or its path in the folder of the case */
  readonly file: string;
  readonly whole: Uint8Array;
  /** text is changed as text too */
  readonly isText: boolean;
  readonly parts: readonly Part[];
  /** the reader unpacks gzip */
  readonly canBePacked: boolean;
}

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);
const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  return new Uint8Array(Buffer.concat(parts));
}

const specimen = (kind: Kind, file: string, whole: Uint8Array, more: Partial<Specimen> = {}): Specimen => ({
  kind,
  file,
  whole,
  isText: false,
  parts: [],
  canBePacked: true,
  ...more,
});

const floats = (shape: readonly number[], dtype: HostArray["dtype"] = "float32"): HostArray => {
  const length = shape.reduce((product, size) => product * size, 1);
  const data = dtype === "float32" ? new Float32Array(length) : new Int32Array(length);
  return { shape, dtype, data: data.map((_, index) => (dtype === "float32" ? Math.sin(index) : index)) };
};

/** The header of a safetensors file, with its length computed again, and the JSON in the metadata of a checkpoint. */
function safetensorsParts(whole: Uint8Array): readonly Part[] {
  const length = Number(new DataView(whole.buffer, whole.byteOffset).getBigUint64(0, true));
  const header = textOf(whole.subarray(8, 8 + length));
  const rest = whole.subarray(8 + length);
  const wrap = (inner: Uint8Array): Uint8Array => {
    const prefix = new Uint8Array(8);
    new DataView(prefix.buffer).setBigUint64(0, BigInt(inner.length), true);
    return joined(prefix, inner, rest);
  };
  const told = JSON.parse(header) as { readonly __metadata__?: Readonly<Record<string, string>> };
  const gradus = told.__metadata__?.gradus;
  if (gradus === undefined) return [{ inner: header, wrap }];
  const withMetadata = (inner: Uint8Array): Uint8Array =>
    wrap(utf8(JSON.stringify({ ...told, __metadata__: { ...told.__metadata__, gradus: textOf(inner) } })));
  return [
    { inner: header, wrap },
    { inner: gradus, wrap: withMetadata },
    { inner: gradus, wrap: withMetadata },
  ];
}

/** The header of an npy file, with its length computed again. */
function npyPart(whole: Uint8Array): Part {
  const length = new DataView(whole.buffer, whole.byteOffset).getUint16(8, true);
  return {
    inner: textOf(whole.subarray(10, 10 + length)),
    wrap: (inner) =>
      joined(
        whole.subarray(0, 8),
        Uint8Array.of(inner.length & 255, (inner.length >> 8) & 255),
        inner,
        whole.subarray(10 + length),
      ),
  };
}

/** One chunk of a PNG, with its length and checksum computed again. */
function pngChunk(type: string, data: Uint8Array): Uint8Array {
  const body = joined(utf8(type), data);
  const [length, sum] = [new Uint8Array(4), new Uint8Array(4)];
  new DataView(length.buffer).setUint32(0, data.length);
  new DataView(sum.buffer).setUint32(0, crc32(body));
  return joined(length, body, sum);
}

/** A picture of 6 x 5 pixels in red, green and blue. */
function picture(): Specimen {
  const header = new Uint8Array(13);
  new DataView(header.buffer).setUint32(0, 6);
  new DataView(header.buffer).setUint32(4, 5);
  header.set([8, 2, 0, 0, 0], 8);
  const pixels = Uint8Array.from({ length: 5 * 19 }, (_, index) => (index % 19 === 0 ? 0 : (index * 37) % 256));
  const file = (head: Uint8Array, data: Uint8Array) =>
    joined(
      Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10),
      pngChunk("IHDR", head),
      pngChunk("IDAT", data),
      pngChunk("IEND", new Uint8Array(0)),
    );
  const data = new Uint8Array(deflateSync(pixels));
  const parts: readonly Part[] = [
    { inner: header, wrap: (inner) => file(inner, data) },
    { inner: pixels, wrap: (inner) => file(header, new Uint8Array(deflateSync(inner))) },
  ];
  return specimen("picture", join("png", "a", "1.png"), file(header, data), { parts, canBePacked: false });
}

/** 4 x 4 grey pixels as the smallest baseline JPEG; the standard tables that decoders know are left out. */
const JPEG =
  "/9j/4AAQSkZJRgABAQEASABIAAD/2wBDAAMCAgICAgMCAgIDAwMDBAYEBAQEBAgGBgUGCQgKCgkICQkKDA8MCgsOCwkJDRENDg8QEBEQCgwSExIQEw8QEBD/wAALCAABAAEBAREA/8QAFAABAAAAAAAAAAAAAAAAAAAACf/EABQQAQAAAAAAAAAAAAAAAAAAAAD/2gAIAQEAAD8AVN//2Q==";

function events(): Specimen {
  const values = (step: number) => [
    { tag: "loss", simple: 1 / (step + 1) },
    { tag: "val_loss", tensor: [2 / (step + 1)], type: "float" as const, plugin: "scalars" },
    { tag: "gradients/fc1.weight", histogram: histogramOf([1, 2, 3 + step]) },
  ];
  const list = [0, 1, 2, 3].map((step) => ({ step, at: 1_700_000_000 + step, values: values(step) }));
  const whole = eventFile(list);
  // the last record without its frame
  const all = eventFile(list.slice(0, 3));
  const last = whole.subarray(all.length + 12, whole.length - 4);
  return specimen("events", "events.out.tfevents.1.fuzz", whole, {
    parts: [{ inner: last, wrap: (inner) => joined(all, frame(inner)) }],
  });
}

const LAYERS: Readonly<
  Record<string, { readonly inputShape: readonly number[]; readonly layers: readonly LayerInput[] }>
> = {
  dense: {
    inputShape: [4],
    layers: [{ type: "linear", units: 5 }, "relu", { type: "dropout", rate: 0.5 }, { type: "linear", units: 2 }],
  },
  recurrent: {
    inputShape: [2, 2],
    layers: [{ type: "lstm", units: 3, layers: 2 }, "batchNorm", { type: "linear", units: 2 }],
  },
  convolution: {
    inputShape: [1, 2, 2],
    layers: [
      { type: "conv2d", filters: 2, kernel: 3, padding: 1 },
      { type: "skip", layers: ["tanh"] },
      "flatten",
      { type: "linear", units: 2 },
    ],
  },
  attention: {
    inputShape: [2, 2],
    layers: [{ type: "multiHeadAttention", heads: 2 }, "flatten", { type: "linear", units: 2 }],
  },
};

const EXPERIMENT = {
  name: "fuzz",
  data: { name: "blobs", samples: 30, classes: 2, features: 2, spread: 0.3, seed: 1 },
  model: {
    layers: [{ type: "linear", units: 4 }, "relu", { type: "dropout", rate: 0.5 }, { type: "linear", units: 2 }],
  },
  loss: { type: "softmaxCrossEntropy", labelSmoothing: 0.1 },
  optimizer: { type: "adam", learningRate: 0.01 },
  clip: { type: "globalNorm", maxNorm: 1 },
  schedule: { type: "warmup", length: 2, after: { type: "cosine", length: 9 } },
  epochs: 3,
  batchSize: 8,
  standardize: true,
  validationSplit: 0.2,
};

const SCALING = {
  method: "standardize",
  of: "inputs",
  center: [0, 0, 1, 1],
  divisor: [1, 1, 2, 2],
  constantFeatures: [],
};

async function checkpoints(folder: string): Promise<readonly Specimen[]> {
  const made: Specimen[] = [];
  for (const [name, config] of Object.entries(LAYERS)) {
    const file = join(folder, `${name}.safetensors`);
    const model = createModel(config);
    const about = {
      version: "0.1.0",
      experiment: { ...EXPERIMENT, data: { name: "csv", train: "rows.csv", target: "y" } },
      classNames: ["first", "second"],
      ...(name === "dense" ? { scaling: SCALING } : {}),
    };
    await saveModel(file, { model, state: model.initialize(1), about });
    const whole = new Uint8Array(readFileSync(file));
    made.push(specimen("predict", `${name}.safetensors`, whole, { parts: safetensorsParts(whole) }));
  }
  const file = join(folder, "plain.safetensors");
  writeCheckpoint(file, { arrays: new Map([["w", floats([2, 3])]]), metadata: { epoch: 3, names: ["a", "b"] } });
  const whole = new Uint8Array(readFileSync(file));
  return [...made, specimen("checkpoint", "plain.safetensors", whole, { parts: safetensorsParts(whole) })];
}

const text = (kind: Kind, file: string, content: string, more: Partial<Specimen> = {}): Specimen =>
  specimen(kind, file, utf8(content), { isText: true, ...more });

/** Inputs for the checkpoints, in files beside them. */
export const ROWS = "a,b,c,d,y\n1,2,3,4,first\n-1,0.5,2,0,second\n0,0,0,0,first\n";

/** One or several files of every kind. */
export async function makeSpecimens(folder: string): Promise<readonly Specimen[]> {
  const arrays = encodeSafetensors(
    [
      ["a", floats([2, 3])],
      ["b", floats([4], "int32")],
      ["c", { shape: [3], dtype: "bool", data: Int32Array.of(1, 0, 1) }],
    ],
    { metadata: { made: "by hand" } },
  );
  const npy = encodeNpy({ shape: [3, 4], data: Float32Array.from({ length: 12 }, (_, index) => index) });
  const fortran = encodeNpy({ shape: [2, 2, 2], data: Float64Array.from({ length: 8 }, (_, index) => index) });
  const header = npyPart(fortran);
  const row = (epoch: number) => `${epoch},${1 / (epoch + 1)},${1.2 / (epoch + 1)},${0.9 - 0.1 * epoch}\n`;
  const steps = [0, 1, 2, 3, 4].map((step) =>
    JSON.stringify({ type: "stepEnded", step, loss: 1 / (step + 1), gradNorms: { "0": 0.5, "2": 0.1 } }),
  );
  const events5 = [0, 1, 2].map((step) =>
    JSON.stringify({ step, loss: 3 - step, val_loss: 4 - step, accuracy: 0.1 * step, "grad_norm/fc1": 0.5 }),
  );
  return [
    specimen("safetensors", "arrays.safetensors", arrays, { parts: safetensorsParts(arrays) }),
    ...(await checkpoints(folder)),
    specimen("npy", "a.npy", npy, { parts: [npyPart(npy)] }),
    specimen("npy", "b.npy", header.wrap(utf8((header.inner as string).replace("False", "True "))), {
      parts: [header],
    }),
    specimen(
      "idx",
      "a.idx",
      encodeIdx({ shape: [3, 2, 2], data: Uint8Array.from({ length: 12 }, (_, index) => index) }),
    ),
    specimen("idx", "b.idx", encodeIdx({ shape: [5], data: Float64Array.of(1, 2, 3, 4, 5) })),
    text("csv", "a.csv", ROWS),
    text("csv", "b.csv", `"a;\n";"b";c\n1;"2.5";3\n4;"5";6\n7;-8;9\n`),
    text("csv", "c.csv", "id\tname\tvalue\n1\t0.5\t1e3\n2\t7\t-1e-3\n3\t8\t0\n"),
    picture(),
    specimen("picture", join("jpg", "a", "1.jpg"), new Uint8Array(Buffer.from(JPEG, "base64")), { canBePacked: false }),
    events(),
    text("csv-log", "log.csv", `epoch,loss,val_loss,accuracy\n${[0, 1, 2, 3].map(row).join("")}`),
    text("json-log", "log.jsonl", `${steps.join("\n")}\n`),
    text("json-log", "other.jsonl", `${events5.join("\n")}\n`),
    text("experiment", "experiment.json", JSON.stringify(EXPERIMENT), { canBePacked: false }),
    text(
      "experiment",
      "table.json",
      JSON.stringify({ ...EXPERIMENT, data: { name: "csv", train: "rows.csv" } }, null, 2),
      { canBePacked: false },
    ),
  ];
}

/** Bytes as a gzip stream. */
export function packed(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(gzipSync(bytes, { level: 1 }));
}
