import type { FunctionBuilder } from "../../codegen/builder.ts";
import { philox } from "../../codegen/math/index.ts";
import type { Index, Register } from "../../codegen/program.ts";
import type { Node } from "../../graph/node.ts";
import { emitConstant, emitElementwise } from "./elementwise.ts";
import type { LoopPlan, PlannedNode, Source, Stream } from "./streams.ts";

/** A place in the loops where values are emitted: the position of every walk, and the values computed so far. */
export interface Site {
  readonly parent: Site | undefined;
  /** loop axes whose index is fixed here, as bits */
  readonly axes: number;
  /** addresses in bytes (positions in elements) of the walks, at vector 0 */
  readonly pointers: ReadonlyMap<Stream, Index>;
  /** the pass over the reduced axes; stored values of earlier passes are read back */
  readonly pass: number;
  /** vectors side by side along the last axis; 0: one value in all lanes */
  readonly vectors: number;
  /** elements that the last of these vectors has; undefined: it is full */
  readonly lastLanes?: number;
  readonly cache: Map<string, Register>;
}

/** Emits values of a loop kernel, each once per site, as far out as its walks allow. */
export class Values {
  readonly #b: FunctionBuilder;
  readonly #lastAxis: number;
  readonly #parameters: ReadonlyMap<Node, Register>;

  constructor(b: FunctionBuilder, plan: LoopPlan, parameters: ReadonlyMap<Node, Register>) {
    this.#b = b;
    this.#lastAxis = 1 << (plan.sizes.length - 1);
    this.#parameters = parameters;
  }

  /** The value of a node in vector `u` of a site. */
  node(node: PlannedNode, u: number, site: Site): Register {
    const along = (node.axes & this.#lastAxis) !== 0 && site.vectors > 0;
    const key = `n${node.id}.${along ? u : 0}`;
    const known = find(site, key);
    if (known) return known;
    const value =
      node.store && node.level === "full" && site.pass > node.pass
        ? this.#load(node.store, u, site)
        : this.#compute(node, u, site);
    site.cache.set(key, value);
    return value;
  }

  /** Sets a node's value at a site, for reductions and results of earlier passes. */
  define(node: PlannedNode, u: number, site: Site, value: Register): void {
    const along = (node.axes & this.#lastAxis) !== 0 && site.vectors > 0;
    site.cache.set(`n${node.id}.${along ? u : 0}`, value);
  }

  source(source: Source, u: number, site: Site): Register {
    switch (source.kind) {
      case "node":
        return this.node(source.node, u, site);
      case "constant":
        return emitConstant(this.#b, source.value, source.dtype);
      case "load":
        return this.#load(source.stream, u, site);
      case "iota":
        return this.#cached(`i${source.stream.id}`, source.stream, u, site, () =>
          this.#lanePositions(source.stream, u, site),
        );
      case "random":
        return this.#random(source, u, site);
    }
  }

  /** Emits here everything that the targets need and that does not change in the inner loops. */
  prepare(targets: readonly PlannedNode[], site: Site): void {
    const seen = new Set<PlannedNode>();
    const computable = new Map<PlannedNode, boolean>();
    const isFixed = (axes: number) => (axes & ~site.axes) === 0;
    const walk = (node: PlannedNode): void => {
      if (seen.has(node)) return;
      seen.add(node);
      if (node.node.op === "reduce" && find(site, `n${node.id}.0`)) return;
      const counts = Math.max(1, site.vectors);
      const isAlone = node.node.op !== "reduce" && !node.isContracted;
      if (isFixed(node.axes) && isAlone && this.#isComputable(node, site, computable)) {
        for (let u = 0; u < counts; u++) this.node(node, u, site);
        return;
      }
      for (const source of node.sources) {
        if (source.kind === "node") walk(source.node);
        else if (source.kind === "load" && isFixed(axesOf(source.stream)))
          for (let u = 0; u < counts; u++) this.source(source, u, site);
      }
    };
    for (const target of targets) walk(target);
  }

  /** A node whose sources are all available here, reductions included. Answers are kept in `known`: otherwise chains that meet again
   *  would be walked once per path. */
  #isComputable(node: PlannedNode, site: Site, known: Map<PlannedNode, boolean>): boolean {
    const answer =
      known.get(node) ??
      node.sources.every((source) => {
        if (source.kind !== "node") return true;
        if (source.node.node.op === "reduce") return find(site, `n${source.node.id}.0`) !== undefined;
        return this.#isComputable(source.node, site, known);
      });
    known.set(node, answer);
    return answer;
  }

  #compute(node: PlannedNode, u: number, site: Site): Register {
    return (
      this.#multiplyAdd(node, u, site) ??
      emitElementwise(
        this.#b,
        node.node,
        node.sources.map((source) => this.source(source, u, site)),
      )
    );
  }

  /** a * b + c in one instruction, if the product is contracted into the sum. */
  #multiplyAdd({ node, sources }: PlannedNode, u: number, site: Site): Register | undefined {
    if (node.dtype !== "float32" || (node.op !== "add" && node.op !== "sub")) return undefined;
    const product = (source: Source): PlannedNode | undefined =>
      source.kind === "node" && source.node.isContracted ? source.node : undefined;
    const [left, right] = sources as [Source, Source];
    const factors = (of: PlannedNode) =>
      of.sources.map((source) => this.source(source, u, site)) as [Register, Register];
    const second = product(right);
    if (second) {
      const addend = this.source(left, u, site);
      const [x, y] = factors(second);
      return node.op === "add" ? this.#b.multiplyAdd(x, y, addend) : this.#b.negMultiplyAdd(x, y, addend);
    }
    const first = product(left);
    if (!first) return undefined;
    const [x, y] = factors(first);
    const addend = this.source(right, u, site);
    return this.#b.multiplyAdd(x, y, node.op === "add" ? addend : this.#b.neg(addend));
  }

  #cached(name: string, stream: Stream, u: number, site: Site, make: () => Register): Register {
    const along = this.#strideAlong(stream) !== 0 && site.vectors > 0;
    const key = `${name}.${along ? u : 0}`;
    const known = find(site, key);
    if (known) return known;
    const value = make();
    site.cache.set(key, value);
    return value;
  }

  /** The number of elements that vector u holds. A strided load of more could reach beyond the array. */
  #lanesOf(u: number, { vectors, lastLanes }: Site): number {
    const { lanes } = this.#b.target;
    return u === vectors - 1 ? (lastLanes ?? lanes) : lanes;
  }

  #strideAlong(stream: Stream): number {
    return stream.strides.at(-1) as number;
  }

  #load(stream: Stream, u: number, site: Site): Register {
    return this.#cached(`l${stream.id}`, stream, u, site, () => {
      const kind = stream.dtype === "float32" ? "float" : "int";
      const pointer = site.pointers.get(stream) as Index;
      const stride = site.vectors > 0 ? this.#strideAlong(stream) : 0;
      const offset = u * this.#b.target.lanes * stride * 4;
      let value: Register;
      if (stride === 0) value = this.#b.loadSplat(pointer, 0, kind);
      else if (stride === 1) value = this.#b.load(pointer, offset, kind);
      else value = this.#b.loadStrided(pointer, offset, stride * 4, this.#lanesOf(u, site), kind);
      return stream.dtype === "bool" ? this.#b.maskNot(this.#b.intCompare("equal", value, 0)) : value;
    });
  }

  /** The position of each lane of vector u. */
  #lanePositions(stream: Stream, u: number, site: Site): Register {
    const stride = site.vectors > 0 ? this.#strideAlong(stream) : 0;
    const { lanes } = this.#b.target;
    const start = this.#b.splatIndex(this.#b.indexAdd(site.pointers.get(stream) as Index, u * lanes * stride));
    return stride === 0 ? start : this.#b.intAdd(start, this.#b.intRamp(0, stride));
  }

  #random(source: Extract<Source, { kind: "random" }>, u: number, site: Site): Register {
    const b = this.#b;
    const { stream } = source;
    const base = this.#parameters.get(source.key) as Register;
    const name = `r${stream.id}k${base.id}+${source.keyOffsets.join("+")}`;
    return this.#cached(name, stream, u, site, () => {
      const key = source.keyOffsets.map((offset) => b.loadSplat(base, offset * 4, "int")) as [Register, Register];
      const zero = b.intConstant(0);
      if (this.#drawsWholeBlocks(stream, site)) {
        // the four words of `lanes` neighbouring blocks fill four vectors: none is wasted
        const block = b.shiftRight(b.splatIndex(site.pointers.get(stream) as Index), 2);
        const words = philox(b, [b.intAdd(block, b.intRamp(0, 1)), zero, zero, zero], key);
        b.interleaveBlocks(words);
        words.forEach((word, index) => {
          site.cache.set(`${name}.${index}`, word);
        });
        return words[u] as Register;
      }
      const element = this.#lanePositions(stream, u, site);
      const block = b.intAdd(b.shiftLeft(b.shiftRight(element, 4), 2), b.intAnd(element, 3));
      const words = philox(b, [block, zero, zero, zero], key);
      const index = b.intAnd(b.shiftRight(element, 2), 3);
      return words
        .slice(1)
        .reduce((chosen, word, k) => b.select(b.intCompare("equal", index, k + 1), word, chosen), words[0] as Register);
    });
  }

  /** Do the four vectors of this site always begin at a multiple of sixteen positions? */
  #drawsWholeBlocks({ strides, offset }: Stream, site: Site): boolean {
    const outer = strides.slice(0, -1);
    return (
      site.vectors === 4 &&
      this.#b.target.lanes % 4 === 0 &&
      strides.at(-1) === 1 &&
      offset % 16 === 0 &&
      outer.every((stride) => stride % 16 === 0)
    );
  }

  /** Writes a node's value: the first `lanes` lanes of vector u, or one lane of a value that is the same in all lanes. */
  store(node: PlannedNode, u: number, site: Site, lanes: number): void {
    const stream = node.store as Stream;
    const value = this.node(node, u, site);
    const bits = value.kind === "mask" ? this.#b.select(value, this.#b.intConstant(1), this.#b.intConstant(0)) : value;
    const pointer = site.pointers.get(stream) as Index;
    const stride = this.#strideAlong(stream);
    const offset = u * this.#b.target.lanes * stride * 4;
    if (site.vectors === 0) this.#b.store(bits, pointer, 0, 1);
    else if (stride === 1 || lanes === 1) this.#b.store(bits, pointer, offset, lanes);
    else this.#b.storeStrided(bits, pointer, offset, stride * 4, lanes);
  }
}

function find(site: Site | undefined, key: string): Register | undefined {
  for (let place = site; place; place = place.parent) {
    const value = place.cache.get(key);
    if (value) return value;
  }
  return undefined;
}

export function axesOf(stream: Stream): number {
  return stream.strides.reduce((bits, stride, axis) => (stride !== 0 ? bits | (1 << axis) : bits), 0);
}
