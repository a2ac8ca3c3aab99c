import type { Index, Register, Target } from "../../codegen/program.ts";
import type { AttentionPlan } from "./attention-plan.ts";
import { AttentionWalk, type Block, type RowSums, type StepRows } from "./attention-walk.ts";
import type { LoweredKernel } from "./lowered.ts";
import { type EachSum, sumTile } from "./register-tile.ts";
import { byWidth, stripStart } from "./strip-set.ts";

/** Writes the gradient of self-attention as one vector function. The weights are computed again, block by block, which costs less than to
 *  store and load them. A head belongs to one thread, so that sums over queries have one order. */
export function lowerAttentionGrad(plan: AttentionPlan, target: Target, name: string): LoweredKernel {
  return new AttentionGradLowering(plan, target, name).lower();
}

class AttentionGradLowering extends AttentionWalk {
  lower(): LoweredKernel {
    const { b, plan } = this;
    const [qkv, gradient] = [b.parameter(), b.parameter()];
    const visible = plan.hasHidden ? b.parameter() : undefined;
    const [result, scratch, stride] = [b.parameter(), b.parameter(), b.parameter()];
    const [begin, end, thread] = b.range();
    const keyPanels = b.indexAdd(scratch, b.indexMul(thread, stride)) as Register;
    const valuePanels = b.indexAdd(keyPanels, this.panelBytes);
    const weights = b.indexAdd(valuePanels, this.panelBytes);
    const slopes = b.indexAdd(weights, this.scoreBytes);
    const sums = b.indexAdd(slopes, this.scoreBytes);
    const means = b.indexAdd(sums, this.rowSumBytes);
    const inverses = b.indexAdd(means, this.rowSumBytes);

    b.loop(begin, end, 1, (item) => {
      const sample = b.indexDiv(item, plan.heads);
      const head = b.indexSub(item, b.indexMul(sample, plan.heads));
      const third = (array: Index, index: number) => this.thirdOf(array, sample, head, index);
      const [q, k, v] = [third(qkv, 0), third(qkv, 1), third(qkv, 2)];
      const [dq, dk, dv] = [third(result, 0), third(result, 1), third(result, 2)];
      const g = this.rowsOf(gradient, sample, head);
      const seen = visible && b.indexAdd(visible, b.indexMul(sample, plan.steps * 4));
      this.fetch(q, g, dq, dk, dv);
      this.packSteps(k, keyPanels);
      this.packSteps(v, valuePanels);
      this.eachBlock(0, this.blocks.rows.strips.length, (block) => {
        this.scores(block, q, keyPanels, weights);
        this.scores(block, g, valuePanels, slopes);
        this.#slopes(block, weights, slopes, seen, { sums, inverses }, means);
        this.sumsOverKeys(block, slopes, k, dq, (each, _, target) => this.storeTile(each, target, dq.bytes));
        this.#sumsOverQueries(block, slopes, q, dk);
        this.#sumsOverQueries(block, weights, g, dv);
      });
    });
    const scratchBytes = 2 * (this.panelBytes + this.scoreBytes + this.rowSumBytes) + this.inverseBytes;
    return { code: b.finish(), items: plan.samples * plan.heads, grain: 1, scratchBytes };
  }

  /** From scores and the products g v^T of a block: weights w, and slopes w (g v^T - sum over the row of w g v^T) / sqrt(D).
   *  @param slopes at first the products.
   *  @param means room for a vector per row. */
  #slopes(
    block: Block,
    scores: Index,
    slopes: Index,
    visible: Index | undefined,
    rowSums: RowSums,
    means: Index,
  ): void {
    const { b } = this;
    const { lanes } = b.target;
    const scale = 1 / Math.sqrt(this.plan.size);
    const distance = b.indexSub(slopes, scores);
    const meanOf = (place: Index) => b.indexAdd(means, b.indexMul(place, lanes * 4));
    let along: readonly Register[] = [];
    this.softmax(block, scores, visible, rowSums, {
      // columns past the last key hold anything, and 0 times that may be NaN
      hide: (address, mask) => {
        const product = b.indexAdd(address, distance);
        b.store(b.select(mask, b.load(product), 0), product);
      },
      begin: () => {
        along = this.variables(0);
      },
      power: (power, address, vector) =>
        b.multiplyAddInto(along[vector] as Register, power, b.load(b.indexAdd(address, distance))),
      end: (place) =>
        b.store(
          along.reduce((x, y) => b.add(x, y)),
          meanOf(place),
        ),
    });
    this.eachLine(block, (place) => {
      const inverse = b.loadSplat(b.indexAdd(rowSums.inverses, b.indexMul(place, 4)));
      b.store(b.mul(b.horizontal("add", b.load(meanOf(place))), inverse), meanOf(place));
    });
    this.eachRow(block, scores, (row, _, place) => {
      const inverse = b.loadSplat(b.indexAdd(rowSums.inverses, b.indexMul(place, 4)));
      const mean = b.load(meanOf(place));
      this.eachVector(block, (column, vectors) => {
        for (const vector of vectors) {
          const from = b.indexAdd(row, b.indexMul(b.indexAdd(column, vector * lanes), 4));
          const to = b.indexAdd(from, distance);
          const weight = b.mul(b.load(from), inverse);
          b.store(weight, from);
          b.store(b.mul(b.mul(weight, scale), b.sub(b.load(to), mean)), to);
        }
      });
    });
  }

  /** Adds a block's products of scores, as columns, with its rows: for each key, a sum over queries. The first block that sees a key begins
   *  its sum. */
  #sumsOverQueries({ strip0, strip1, row0, row1 }: Block, scores: Index, rows: StepRows, result: StepRows): void {
    const { b, plan } = this;
    const { rows: strips, pitch } = this.blocks;
    const { lanes } = b.target;
    this.eachColumns((column, width) => {
      const right = b.indexAdd(b.indexAdd(rows.address, b.indexMul(row0, rows.bytes)), column);
      b.loop(0, plan.causal ? strip1 : strips.strips.length, 1, (strip) => {
        const key = stripStart(b, strips, strip);
        const target = b.indexAdd(b.indexAdd(result.address, b.indexMul(key, result.bytes)), column);
        byWidth(b, strips, strip, (count) => {
          const product = {
            ...{ rows: count, columns: width, depth: b.indexSub(row1, row0) },
            left: { address: b.indexAdd(scores, b.indexMul(key, 4)), row: 4, k: pitch * 4 },
            right: { address: right, k: rows.bytes },
          };
          const begin = (eachSum: EachSum) =>
            b.ifLess(plan.causal ? strip : 0, strip0, () =>
              eachSum((sum, row, vector) => b.assign(sum, b.load(target, row * result.bytes + vector * lanes * 4))),
            );
          const each = sumTile(b, product, { begin });
          this.storeTile(each, target, result.bytes);
        });
      });
    });
  }
}
