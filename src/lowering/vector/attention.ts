import type { Index, Register, Target } from "../../codegen/program.ts";
import type { AttentionPlan } from "./attention-plan.ts";
import { AttentionWalk } from "./attention-walk.ts";
import type { LoweredKernel } from "./lowered.ts";

/** With fewer heads than this for each thread, the queries of a head are distributed over threads too. */
const HEADS_PER_THREAD = 4;

/** Writes self-attention as one vector function: scores, softmax and weighted sums of values, block by block. */
export function lowerAttention(plan: AttentionPlan, target: Target, threads: number, name: string): LoweredKernel {
  return new AttentionLowering(plan, target, name).lower(threads);
}

class AttentionLowering extends AttentionWalk {
  lower(threads: number): LoweredKernel {
    const { b, plan } = this;
    const { rows, blockStrips } = this.blocks;
    const qkv = b.parameter();
    const visible = plan.hasHidden ? b.parameter() : undefined;
    const [result, scratch, stride] = [b.parameter(), b.parameter(), b.parameter()];
    const [begin, end, thread] = b.range();
    const panels = b.indexAdd(scratch, b.indexMul(thread, stride)) as Register;
    const scores = b.indexAdd(panels, this.panelBytes);
    const sums = b.indexAdd(scores, this.scoreBytes);
    const inverses = b.indexAdd(sums, this.rowSumBytes);
    // a thread takes whole blocks of a head
    const blockCount = Math.ceil(rows.strips.length / blockStrips);
    const parts = Math.min(blockCount, Math.ceil((HEADS_PER_THREAD * threads) / (plan.samples * plan.heads)));
    const partStrips = Math.ceil(blockCount / parts) * blockStrips;

    b.loop(begin, end, 1, (item) => {
      const [place, part] = this.#divided(item, parts);
      const [sample, head] = this.#divided(place, plan.heads);
      const [q, k, v] = [0, 1, 2].map((third) => this.thirdOf(qkv, sample, head, third));
      if (!q || !k || !v) return;
      const output = this.rowsOf(result, sample, head);
      const seen = visible && b.indexAdd(visible, b.indexMul(sample, plan.steps * 4));
      this.fetch(q, v);
      this.packSteps(k, panels);
      const first = b.indexMul(part, partStrips);
      const last = b.indexMin(b.indexAdd(first, partStrips), rows.strips.length);
      this.eachBlock(first, last, (block) => {
        this.scores(block, q, panels, scores);
        this.softmax(block, scores, seen, { sums, inverses });
        this.sumsOverKeys(block, scores, v, output, (each, query, target) => {
          const scales = b.indexAdd(inverses, b.indexMul(query, 4));
          each((sum, row, vector, lanes) => {
            const mean = b.mul(sum, b.loadSplat(scales, row * 4));
            b.store(mean, target, row * output.bytes + vector * b.target.lanes * 4, lanes);
          });
        });
      });
    });
    const items = plan.samples * plan.heads * parts;
    const scratchBytes = this.panelBytes + this.scoreBytes + this.rowSumBytes + this.inverseBytes;
    return { code: b.finish(), items, grain: 1, scratchBytes };
  }

  /** A number divided by a count: the quotient and the rest. */
  #divided(value: Index, count: number): readonly [Index, Index] {
    const { b } = this;
    if (count === 1) return [value, 0];
    const quotient = b.indexDiv(value, count);
    return [quotient, b.indexSub(value, b.indexMul(quotient, count))];
  }
}
