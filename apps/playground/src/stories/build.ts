// Short ways to write a story's configuration.

import type { Block, DenseBlock, NetworkConfig, PlaneData, PlaygroundConfig } from "../config/config.ts";
import { DEFAULT_BLOCK, DEFAULT_NETWORK } from "../config/defaults.ts";

const DENSE: DenseBlock = { ...DEFAULT_BLOCK, units: 50 };

/** The same dense block `depth` times. */
export function dense(depth: number, block: Partial<DenseBlock>): readonly DenseBlock[] {
  return Array.from({ length: depth }, () => ({ ...DENSE, ...block }));
}

/** A network for classes, or for values, whose other settings are plain. */
export function network(
  settings: Pick<NetworkConfig, "blocks" | "optimizer"> & Partial<NetworkConfig>,
): readonly [NetworkConfig] {
  return [{ ...DEFAULT_NETWORK, batchSize: 20, ...settings }];
}

/** 420 training and 180 test points. */
export function plane(name: PlaneData["name"], noise: number): PlaneData {
  return { name, samples: 600, noise, testShare: 0.3, seed: 1 };
}

/** Another first network, with the same data and seed. */
export function withNetwork(
  config: PlaygroundConfig,
  edit: (network: NetworkConfig) => Partial<NetworkConfig>,
): PlaygroundConfig {
  const [first] = config.networks;
  return { ...config, networks: [{ ...first, ...edit(first) }] };
}

/** Edits every dense block; the others stay. */
export function withDense(config: PlaygroundConfig, edit: Partial<DenseBlock>): PlaygroundConfig {
  return withNetwork(config, ({ blocks }) => ({
    blocks: blocks.map((block): Block => (block.kind === "dense" ? { ...block, ...edit } : block)),
  }));
}
