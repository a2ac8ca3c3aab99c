import { FunctionBuilder } from "../../codegen/builder.ts";
import { exp } from "../../codegen/math/index.ts";
import type { Index, Register, Target } from "../../codegen/program.ts";
import { type AttentionBlocks, type AttentionPlan, blocksOf } from "./attention-plan.ts";
import { packPanel } from "./pack.ts";
import { type EachSum, sumTile } from "./register-tile.ts";
import { byWidth, stripEnd, stripRanges, stripStart } from "./strip-set.ts";

/** The score of a hidden key, and the least of those that count: the exponential of their difference is 0. */
const HIDDEN = -1e30;
const LEAST_SCORE = -1e29;

/** Keeps 1 / sum finite if a query sees no key. */
const LEAST_SUM = 1e-30;

const LINE_BYTES = 64;

/** More than this would not stay in the second-level cache until it is needed. */
const MOST_FETCHED_BYTES = 2 ** 19;

/** Queries [row0, row1) of a head, the strips [strip0, strip1) of the rows. */
export interface Block {
  readonly strip0: Index;
  readonly strip1: Index;
  readonly row0: Index;
  readonly row1: Index;
  /** the keys that these queries may see, and the strips that hold them */
  readonly keys: Index;
  readonly keyStrips: Index;
}

/** Rows of an array, one per step. */
export interface StepRows {
  readonly address: Index;
  /** bytes from one step to the next */
  readonly bytes: number;
}

/** Where the numbers of a block's rows lie: a vector for each, whose lanes are then joined, and one number for each. */
export interface RowSums {
  readonly sums: Index;
  readonly inverses: Index;
}

/** Common to attention and its gradient. Each head of each sample is computed block by block of queries, with all keys that they see: the
 *  scores lie in the thread's own memory and are never stored.
 *  Source: Dao et al., "FlashAttention: Fast and Memory-Efficient Exact Attention with IO-Awareness", 2022. Unlike there, a block has whole
 *  rows of scores, so that sums need no correction. */
export abstract class AttentionWalk {
  protected readonly plan: AttentionPlan;
  protected readonly b: FunctionBuilder;
  protected readonly blocks: AttentionBlocks;
  /** bytes of a step's queries, keys and values, and of its output */
  protected readonly packedBytes: number;
  protected readonly stepBytes: number;

  constructor(plan: AttentionPlan, target: Target, name: string) {
    this.plan = plan;
    this.b = new FunctionBuilder(name, target);
    this.blocks = blocksOf(plan, target);
    this.stepBytes = plan.heads * plan.size * 4;
    this.packedBytes = 3 * this.stepBytes;
  }

  protected get scoreBytes(): number {
    return this.blocks.blockRows * this.blocks.pitch * 4;
  }

  protected get panelBytes(): number {
    return this.plan.size * this.blocks.pitch * 4;
  }

  /** One third of the rows of a head: 0 queries, 1 keys, 2 values. */
  protected thirdOf(array: Index, sample: Index, head: Index, third: number): StepRows {
    const { b, plan } = this;
    const start = b.indexAdd(array, b.indexMul(sample, plan.steps * this.packedBytes));
    const part = b.indexAdd(b.indexMul(head, plan.size * 4), third * this.stepBytes);
    return { address: b.indexAdd(start, part), bytes: this.packedBytes };
  }

  /** A head's rows in an array (N, T, F). */
  protected rowsOf(array: Index, sample: Index, head: Index): StepRows {
    const { b, plan } = this;
    const start = b.indexAdd(array, b.indexMul(sample, plan.steps * this.stepBytes));
    return { address: b.indexAdd(start, b.indexMul(head, plan.size * 4)), bytes: this.stepBytes };
  }

  /** Asks for a head's rows before they are needed: their lines are too far apart for the processor to foresee. */
  protected fetch(...arrays: readonly StepRows[]): void {
    const { b, plan } = this;
    const lines = Math.ceil((plan.size * 4) / LINE_BYTES);
    if (arrays.length * plan.steps * lines * LINE_BYTES > MOST_FETCHED_BYTES) return;
    const moving = arrays.map(({ address }) => b.indexVariable(address));
    b.loop(0, plan.steps, 1, () => {
      arrays.forEach(({ bytes }, index) => {
        const row = moving[index] as Register;
        for (let line = 0; line < lines; line++) b.prefetch(row, line * LINE_BYTES);
        b.indexAddInto(row, bytes);
      });
    });
  }

  /** Writes rows as panels of adjacent steps, so that products with them have steps as columns. */
  protected packSteps(rows: StepRows, to: Index): void {
    const { b, plan } = this;
    const { keyWidth } = this.blocks;
    for (const { first, last, width } of stripRanges(plan.steps, keyWidth)) {
      b.loop(first, last, 1, (strip) => {
        const address = b.indexAdd(rows.address, b.indexMul(strip, keyWidth * rows.bytes));
        const panel = b.indexAdd(to, b.indexMul(strip, keyWidth * plan.size * 4));
        const source = { address, outerStride: rows.bytes, innerStride: 4, width };
        packPanel(b, source, panel, keyWidth, plan.size);
      });
    }
  }

  /** Visits the blocks of queries whose strips are [first, last). */
  protected eachBlock(first: Index, last: Index, visit: (block: Block) => void): void {
    const { b, plan } = this;
    const { rows, blockStrips, keyWidth, keyStrips } = this.blocks;
    b.loop(first, last, blockStrips, (strip0) => {
      const strip1 = b.indexMin(b.indexAdd(strip0, blockStrips), last);
      const [row0, row1] = [stripStart(b, rows, strip0), stripEnd(b, rows, strip1)];
      const needed = b.indexMin(b.indexDiv(b.indexAdd(row1, keyWidth - 1), keyWidth), keyStrips);
      visit({
        ...{ strip0, strip1, row0, row1 },
        ...(plan.causal ? { keys: row1, keyStrips: needed } : { keys: plan.steps, keyStrips }),
      });
    });
  }

  /** Products of a block's rows with packed steps: a row of scores for each. */
  protected scores({ strip0, strip1, row0, keyStrips }: Block, rows: StepRows, panels: Index, to: Index): void {
    const { b, plan } = this;
    const { rows: strips, keyWidth, pitch } = this.blocks;
    b.loop(0, keyStrips, 1, (keyStrip) => {
      const panel = b.indexAdd(panels, b.indexMul(keyStrip, keyWidth * plan.size * 4));
      const columns = b.indexAdd(to, b.indexMul(keyStrip, keyWidth * 4));
      b.loop(strip0, strip1, 1, (strip) => {
        const row = stripStart(b, strips, strip);
        const left = b.indexAdd(rows.address, b.indexMul(row, rows.bytes));
        const target = b.indexAdd(columns, b.indexMul(b.indexSub(row, row0), pitch * 4));
        byWidth(b, strips, strip, (count) => {
          const each = sumTile(b, {
            ...{ rows: count, columns: keyWidth, depth: plan.size },
            left: { address: left, row: rows.bytes, k: 4 },
            right: { address: panel, k: keyWidth * 4 },
          });
          this.storeTile(each, target, pitch * 4);
        });
      });
    });
  }

  /** Products of a block's rows of scores with the steps' rows: for each query, a sum over keys.
   *  @param store gets the sums, the first query's number within the block, and the address of its target. */
  protected sumsOverKeys(
    { strip0, strip1, row0, keys }: Block,
    scores: Index,
    rows: StepRows,
    result: StepRows,
    store: (each: EachSum, query: Index, target: Index) => void,
  ): void {
    const { b } = this;
    const { rows: strips, pitch } = this.blocks;
    this.eachColumns((column, width) => {
      b.loop(strip0, strip1, 1, (strip) => {
        const row = stripStart(b, strips, strip);
        const query = b.indexSub(row, row0);
        const left = b.indexAdd(scores, b.indexMul(query, pitch * 4));
        const target = b.indexAdd(b.indexAdd(result.address, b.indexMul(row, result.bytes)), column);
        byWidth(b, strips, strip, (count) => {
          const each = sumTile(b, {
            ...{ rows: count, columns: width, depth: keys },
            left: { address: left, row: pitch * 4, k: 4 },
            right: { address: b.indexAdd(rows.address, column), k: rows.bytes },
          });
          store(each, query, target);
        });
      });
    });
  }

  /** Visits groups of a head's features that a register tile covers: the first one's distance in bytes, and their number. */
  protected eachColumns(visit: (column: Index, width: number) => void): void {
    const { b, plan, blocks } = this;
    const whole = blocks.tile.vectors * b.target.lanes;
    for (const { first, last, width } of stripRanges(plan.size, whole))
      b.loop(first, last, 1, (group) => visit(b.indexMul(group, whole * 4), width));
  }

  protected storeTile(each: EachSum, target: Index, rowBytes: number): void {
    const { lanes } = this.b.target;
    each((sum, row, vector, count) => this.b.store(sum, target, row * rowBytes + vector * lanes * 4, count));
  }

  /** Visits the rows of a block's scores: the address of each, the query's number, and its number within the block. */
  protected eachRow(
    { row0, row1 }: Block,
    scores: Index,
    visit: (row: Index, query: Index, place: Index) => void,
  ): void {
    const { b } = this;
    const address = b.indexVariable(scores);
    b.loop(row0, row1, 1, (query) => {
      visit(address, query, b.indexSub(query, row0));
      b.indexAddInto(address, this.blocks.pitch * 4);
    });
  }

  /** Visits the vectors of one row of scores, one strip of keys per turn: the first one's column, and the number of each. */
  protected eachVector({ keyStrips }: Block, visit: (column: Index, vectors: readonly number[]) => void): void {
    const { b } = this;
    const vectors = Array.from({ length: this.#sides }, (_, vector) => vector);
    b.loop(0, keyStrips, 1, (strip) => visit(b.indexMul(strip, this.blocks.keyWidth), vectors));
  }

  /** vectors that one turn along a row handles */
  get #sides(): number {
    return this.blocks.keyWidth / this.b.target.lanes;
  }

  /** Accumulators for one turn along a row. */
  protected variables(value: number): readonly Register[] {
    return Array.from({ length: this.#sides }, () => this.b.variable(value));
  }

  /** Which of the keys in a vector does a query see? */
  #sees(query: Index, visible: Index | undefined, column: Index): Register {
    const { b, plan } = this;
    const { lanes } = b.target;
    const left = b.indexSub(plan.causal ? b.indexAdd(query, 1) : plan.steps, column);
    const exists = b.intCompare("less", b.intRamp(0, 1), b.splatIndex(left));
    if (visible === undefined) return exists;
    // a vector past the last key may be any other
    const last = Math.floor((plan.steps - 1) / lanes) * lanes;
    const numbers = b.load(b.indexAdd(visible, b.indexMul(b.indexMin(column, last), 4)));
    return b.maskAnd(exists, b.maskNot(b.compare("equal", numbers, 0)));
  }

  /** Replaces a block's scores by the powers exp((score - largest of the row) / sqrt(D)), 0 for keys that are not seen, and finds 1 / their sum
   *  for each row. Each pass goes over all rows before the next one begins, so that no row waits for another's joined lanes.
   *  @param visible the numbers that hide steps, if there are some.
   *  @param also more work: on each vector of scores, with its address, its distance from the row's first score and the keys that are seen; on
   *  each power; and at the end of a row of powers. */
  protected softmax(
    block: Block,
    scores: Index,
    visible: Index | undefined,
    { sums, inverses }: RowSums,
    also: {
      readonly hide?: (address: Index, mask: Register) => void;
      readonly begin?: () => void;
      readonly power?: (power: Register, address: Index, vector: number) => void;
      readonly end?: (place: Index) => void;
    } = {},
  ): void {
    const { b } = this;
    const { lanes } = b.target;
    const scale = 1 / Math.sqrt(this.plan.size);
    const lineOf = (place: Index) => b.indexAdd(sums, b.indexMul(place, lanes * 4));
    const numberOf = (place: Index) => b.indexAdd(inverses, b.indexMul(place, 4));
    this.eachRow(block, scores, (row, query, place) => {
      const sides = this.variables(LEAST_SCORE);
      this.eachVector(block, (column, vectors) => {
        for (const vector of vectors) {
          const start = b.indexAdd(column, vector * lanes);
          const address = b.indexAdd(row, b.indexMul(start, 4));
          const mask = this.#sees(query, visible, start);
          const score = b.select(mask, b.load(address), HIDDEN);
          b.store(score, address);
          b.binaryInto("fastMax", sides[vector] as Register, score);
          also.hide?.(address, mask);
        }
      });
      b.store(
        sides.reduce((x, y) => b.fastMax(x, y)),
        lineOf(place),
      );
    });
    this.eachLine(block, (place) => b.store(b.horizontal("max", b.load(lineOf(place))), numberOf(place), 0, 1));
    this.eachRow(block, scores, (row, _, place) => {
      const largest = b.loadSplat(numberOf(place));
      const sides = this.variables(0);
      also.begin?.();
      this.eachVector(block, (column, vectors) => {
        for (const vector of vectors) {
          const address = b.indexAdd(row, b.indexMul(b.indexAdd(column, vector * lanes), 4));
          const power = exp(b, b.mul(b.sub(b.load(address), largest), scale));
          b.store(power, address);
          b.binaryInto("add", sides[vector] as Register, power);
          also.power?.(power, address, vector);
        }
      });
      b.store(
        sides.reduce((x, y) => b.add(x, y)),
        lineOf(place),
      );
      also.end?.(place);
    });
    this.eachLine(block, (place) => {
      // if no key is seen, all powers are 0, and so are the weights
      const sum = b.max(b.horizontal("add", b.load(lineOf(place))), LEAST_SUM);
      b.store(b.div(1, sum), numberOf(place), 0, 1);
    });
  }

  /** Visits the rows of a block by their number. */
  protected eachLine({ row0, row1 }: Block, visit: (place: Index) => void): void {
    this.b.loop(0, this.b.indexSub(row1, row0), 1, visit);
  }

  /** Bytes of `RowSums`. */
  protected get rowSumBytes(): number {
    return this.blocks.blockRows * this.b.target.lanes * 4;
  }

  protected get inverseBytes(): number {
    return Math.ceil(this.blocks.blockRows / 16) * 64;
  }
}
