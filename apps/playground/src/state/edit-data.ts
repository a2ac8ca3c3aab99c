import {
  type Block,
  type DataConfig,
  type DataName,
  type NetworkConfig,
  PICTURE_DATA,
  type PictureData,
  PLANE_DATA,
  type PlaneData,
  type PlaygroundConfig,
  SEQUENCE_DATA,
  type SequenceData,
} from "../config/config.ts";
import { fits, type InputKind, inputKindOf } from "./edit-network.ts";

const includes = <Name extends string>(names: readonly Name[], name: string): name is Name =>
  (names as readonly string[]).includes(name);

export const isPlane = (data: DataConfig): data is PlaneData => includes(PLANE_DATA, data.name);
export const isPictures = (data: DataConfig): data is PictureData => includes(PICTURE_DATA, data.name);
export const isSequences = (data: DataConfig): data is SequenceData => includes(SEQUENCE_DATA, data.name);

/** Data sets that the page can make or fetch. */
export type BuiltInName = Exclude<DataName, "csv" | "pictures">;

/** Another data set. What both have stays: noise, number of samples, share of test samples, seed. */
export function dataNamed(name: BuiltInName, current: DataConfig): DataConfig {
  if (includes(PLANE_DATA, name)) {
    const { samples, noise, testShare, seed } = isPlane(current)
      ? current
      : { samples: 500, noise: 0.1, testShare: 0.3, seed: 1 };
    return { name, samples, noise, testShare, seed };
  }
  if (includes(PICTURE_DATA, name)) {
    const { samples, testSamples } = isPictures(current) ? current : { samples: 1000, testSamples: 300 };
    return { name, samples, testSamples };
  }
  const { samples, length, noise, testShare, seed } = isSequences(current)
    ? current
    : { samples: 1000, length: 20, noise: 0.05, testShare: 0.2, seed: 1 };
  return { name, samples, length, noise, testShare, seed };
}

const USUAL = {
  activation: "relu",
  init: { type: "auto" },
  norm: "none",
  dropout: 0,
  skip: false,
} as const;

/** A first network for samples that the present blocks cannot read. */
const FIRST_BLOCKS: Readonly<Record<InputKind, readonly Block[]>> = {
  vectors: [
    { kind: "dense", units: 16, ...USUAL },
    { kind: "dense", units: 16, ...USUAL },
  ],
  pictures: [
    { kind: "conv", filters: 8, kernel: 3, ...USUAL },
    { kind: "maxPool", size: 2 },
    { kind: "conv", filters: 16, kernel: 3, ...USUAL },
    { kind: "maxPool", size: 2 },
    { kind: "dense", units: 32, ...USUAL },
  ],
  sequences: [{ kind: "gru", units: 16, init: { type: "auto" }, dropout: 0 }],
};

/** The configuration with other data. Networks whose blocks cannot read them get others; the rest of their settings stays. */
export function withData(config: PlaygroundConfig, data: DataConfig, inputShape?: readonly number[]): PlaygroundConfig {
  const input = inputKindOf(data.name, inputShape);
  const adapted = (network: NetworkConfig): NetworkConfig => ({
    ...network,
    blocks: fits(network, input) && reads(network, input) ? network.blocks : FIRST_BLOCKS[input],
    // a loss for classes does not judge values, and the other way round
    loss: "auto",
  });
  const [a, b] = config.networks;
  return { ...config, data, networks: b === undefined ? [adapted(a)] : [adapted(a), adapted(b)] };
}

/** Sequences want a block that reads them in order; a network of dense blocks alone reads pictures and vectors. */
function reads({ blocks }: NetworkConfig, input: InputKind): boolean {
  return input !== "sequences" || blocks.some(({ kind }) => kind === "rnn" || kind === "lstm" || kind === "gru");
}
