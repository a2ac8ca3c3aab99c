import type { Target } from "../../codegen/program.ts";
import type { AttentionKernel } from "../../compiler/kernel.ts";
import type { KernelSignature } from "./lowered.ts";
import { type Tile, tileFor } from "./matmul-plan.ts";
import { type StripSet, stripSet } from "./strip-set.ts";

/** Self-attention, or its gradient, ready for lowering. Sizes are in elements. */
export interface AttentionPlan extends KernelSignature {
  readonly kind: AttentionKernel["kind"];
  readonly samples: number;
  readonly steps: number;
  readonly heads: number;
  /** features of a head */
  readonly size: number;
  readonly causal: boolean;
  /** are some steps seen by none? */
  readonly hasHidden: boolean;
}

export function planAttention({ kind, node, operands }: AttentionKernel): AttentionPlan {
  const [samples, steps, width] = (node.inputs[0] as (typeof node.inputs)[number]).shape as [number, number, number];
  const { heads, causal } = node.attributes;
  const hasHidden = operands.length > (kind === "attention" ? 1 : 2);
  const plan = { kind, samples, steps, heads, size: width / 3 / heads, causal, hasHidden };
  return { ...plan, arrays: [...operands.map(({ base }) => base), node], key: JSON.stringify(plan) };
}

/** Vectors of keys that one register tile of scores covers: with more of them, a causal mask would hide a larger part of what is computed. */
const KEY_VECTORS = 2;

/** Queries whose scores are computed together: as many as their keys need to be read rarely, few enough that a causal mask leaves out most of
 *  what it hides. */
const QUERIES = 24;

/** Scores of a block of queries: they stay in the second-level cache, those of the gradient beside them. */
const MOST_SCORES = 32768;

/** How the scores of a head are divided: queries into strips of register tiles, several of which are a block; keys into strips of whole
 *  vectors. */
export interface AttentionBlocks {
  readonly tile: Tile;
  /** all steps, as queries or, for the sums over queries, as keys */
  readonly rows: StripSet;
  /** strips of queries in a block, and the greatest number of its queries */
  readonly blockStrips: number;
  readonly blockRows: number;
  /** keys of a strip, and strips of a row of scores */
  readonly keyWidth: number;
  readonly keyStrips: number;
  /** elements from one row of scores to the next */
  readonly pitch: number;
}

export function blocksOf({ steps }: AttentionPlan, target: Target): AttentionBlocks {
  const tile = tileFor(target);
  const rows = stripSet(steps, tile.rows, 1);
  const keyWidth = KEY_VECTORS * target.lanes;
  const keyStrips = Math.ceil(steps / keyWidth);
  const pitch = keyStrips * keyWidth;
  const queries = Math.min(QUERIES, Math.floor(MOST_SCORES / pitch));
  const blockStrips = Math.max(1, Math.floor(queries / tile.rows));
  return { tile, rows, blockStrips, blockRows: blockStrips * tile.rows, keyWidth, keyStrips, pitch };
}
