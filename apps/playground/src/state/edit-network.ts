import {
  type Block,
  type BlockKind,
  type ConvBlock,
  type DataName,
  type DenseBlock,
  MOST_BLOCKS,
  type NetworkConfig,
  PICTURE_DATA,
  SEQUENCE_DATA,
} from "../config/config.ts";

// Edits of a network: each returns a new one.

/** What samples are like: it decides which kinds of blocks can read them. */
export type InputKind = "vectors" | "pictures" | "sequences";

/** @param inputShape of the user's own samples, where they are known: tables have one axis, pictures have three. */
export function inputKindOf(name: DataName, inputShape?: readonly number[]): InputKind {
  if ((PICTURE_DATA as readonly string[]).includes(name) || name === "pictures") return "pictures";
  if ((SEQUENCE_DATA as readonly string[]).includes(name)) return "sequences";
  return inputShape?.length === 3 ? "pictures" : "vectors";
}

const KINDS: Readonly<Record<InputKind, readonly BlockKind[]>> = {
  vectors: ["dense"],
  pictures: ["dense", "conv", "maxPool", "avgPool", "globalAvgPool"],
  sequences: ["rnn", "lstm", "gru", "dense"],
};

/** The kinds of blocks that can stand in a network for such samples. */
export function kindsFor(input: InputKind): readonly BlockKind[] {
  return KINDS[input];
}

/** Whether every block of the network can read such samples, and whatever the blocks before it make of them. */
export function fits({ blocks }: Pick<NetworkConfig, "blocks">, input: InputKind): boolean {
  return blocks.every(({ kind }) => KINDS[input].includes(kind));
}

export const isWeighted = (block: Block): block is DenseBlock | ConvBlock =>
  block.kind === "dense" || block.kind === "conv";

export const isRecurrent = (block: Block): block is Extract<Block, { kind: "rnn" | "lstm" | "gru" }> =>
  block.kind === "rnn" || block.kind === "lstm" || block.kind === "gru";

/** Units or filters; undefined where a block has none of its own. */
export function sizeOf(block: Block): number | undefined {
  if (block.kind === "conv") return block.filters;
  return "units" in block ? block.units : undefined;
}

/** The block as another kind. What both kinds have stays: the size, the activation, the initialiser, dropout. */
export function asKind(block: Block, kind: BlockKind): Block {
  if (block.kind === kind) return block;
  const init = "init" in block ? block.init : ({ type: "auto" } as const);
  const dropout = "dropout" in block ? block.dropout : 0;
  const weighted = isWeighted(block)
    ? { activation: block.activation, norm: block.norm, skip: block.skip, ...slopeOf(block) }
    : ({ activation: "relu", norm: "none", skip: false } as const);
  switch (kind) {
    case "dense":
      return { kind, units: sizeOf(block) ?? 16, init, dropout, ...weighted };
    case "conv":
      return { kind, filters: Math.min(sizeOf(block) ?? 8, 64), kernel: 3, init, dropout, ...weighted };
    case "rnn":
    case "lstm":
    case "gru":
      return { kind, units: sizeOf(block) ?? 16, init, dropout };
    case "globalAvgPool":
      return { kind };
    default:
      return { kind, size: "size" in block ? block.size : 2 };
  }
}

const slopeOf = ({ slope }: DenseBlock | ConvBlock) => (slope === undefined ? {} : { slope });

function withBlocks(network: NetworkConfig, blocks: readonly Block[]): NetworkConfig {
  return { ...network, blocks };
}

/** The network with another block at this place. */
export function replaceBlock(network: NetworkConfig, index: number, block: Block): NetworkConfig {
  return withBlocks(network, network.blocks.with(index, block));
}

/** A block behind this place; -1: in front of all. A full network stays as it is. */
export function insertBlock(network: NetworkConfig, after: number, block: Block): NetworkConfig {
  if (network.blocks.length >= MOST_BLOCKS) return network;
  return withBlocks(network, network.blocks.toSpliced(after + 1, 0, block));
}

/** The network without this block. The last one stays. */
export function removeBlock(network: NetworkConfig, index: number): NetworkConfig {
  return network.blocks.length <= 1 ? network : withBlocks(network, network.blocks.toSpliced(index, 1));
}

/** The network with the block `by` places nearer to the output. At either end it stays. */
export function moveBlock(network: NetworkConfig, index: number, by: -1 | 1): NetworkConfig {
  const block = network.blocks[index];
  const target = index + by;
  if (block === undefined || target < 0 || target >= network.blocks.length) return network;
  return withBlocks(network, network.blocks.toSpliced(index, 1).toSpliced(target, 0, block));
}

/** The network with so many blocks: the one at this place is repeated, or blocks are taken away behind it, then before it. */
export function withDepth(network: NetworkConfig, index: number, depth: number): NetworkConfig {
  const wanted = Math.max(1, Math.min(MOST_BLOCKS, Math.round(depth)));
  const { blocks } = network;
  const at = Math.max(0, Math.min(index, blocks.length - 1));
  const block = blocks[at];
  if (block === undefined || wanted === blocks.length) return network;
  if (wanted > blocks.length) {
    const repeated = Array.from({ length: wanted - blocks.length }, () => block);
    return withBlocks(network, blocks.toSpliced(at + 1, 0, ...repeated));
  }
  const surplus = blocks.length - wanted;
  // equal neighbours go first, so that a network of unlike parts keeps them
  let end = at;
  while (end + 1 < blocks.length && isSame(blocks[end + 1], block)) end++;
  let start = at;
  while (start > 0 && isSame(blocks[start - 1], block)) start--;
  const fromRun = Math.min(surplus, end - start);
  const shorter = blocks.toSpliced(end - fromRun + 1, fromRun);
  return withBlocks(network, fromRun === surplus ? shorter : shorter.slice(0, wanted));
}

const isSame = (a: Block | undefined, b: Block) => JSON.stringify(a) === JSON.stringify(b);

/** What several kinds of blocks have. */
export interface SharedFields {
  readonly size?: number;
  readonly activation?: DenseBlock["activation"];
  readonly init?: DenseBlock["init"];
  readonly norm?: DenseBlock["norm"];
  readonly dropout?: number;
  readonly skip?: boolean;
}

/** The block with those of the fields that its kind has. */
export function withShared(block: Block, { size, ...fields }: SharedFields): Block {
  const sized = size === undefined ? {} : block.kind === "conv" ? { filters: size } : { units: size };
  if (isWeighted(block)) return { ...block, ...fields, ...sized } as Block;
  if (!isRecurrent(block)) return block;
  const { init, dropout } = fields;
  return {
    ...block,
    ...sized,
    ...(init === undefined ? {} : { init }),
    ...(dropout === undefined ? {} : { dropout }),
  };
}

/** The same fields for every block that has them. */
export function withSharedForAll(network: NetworkConfig, fields: SharedFields): NetworkConfig {
  return withBlocks(
    network,
    network.blocks.map((block) => withShared(block, fields)),
  );
}
