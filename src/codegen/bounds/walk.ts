import type { Index, Instruction, VectorFunction } from "../program.ts";
import { RANGE_PARAMETERS } from "../verify.ts";
import { Arithmetic, type Value } from "./arithmetic.ts";
import { Facts } from "./facts.ts";
import { ANY_LANE, joinLanes, type LaneRange, laneRange, lanesAfter } from "./lanes.ts";
import { addConstant, addScaled, constant, type Linear, scale, symbolValue, type Unknown, ZERO } from "./linear.ts";
import {
  type IfStep,
  joinSpans,
  type LoopStep,
  type Outline,
  outlineOf,
  type Span,
  type Step,
  written,
} from "./outline.ts";

/** What a function touches through one of its address parameters, in bytes from that address. */
export interface Reach {
  readonly parameter: number;
  /** the parameter that is the distance from one thread's memory to the next one's, where the address is this thread's own part */
  readonly distance: number | undefined;
  readonly loads: Span | undefined;
  readonly stores: Span | undefined;
}

/** Everything that a function touches, for all ranges of work items and all threads. */
export interface FunctionReach {
  readonly reaches: readonly Reach[];
  /** an access whose address comes from no address parameter */
  readonly astray: Instruction | undefined;
}

/** Finds what a function touches when its work items [0, items) are shared by so many threads.
 *  Every thread gets a part [begin, end) of them that is not empty, and its number. */
export function reachOf(code: VectorFunction, lanes: number, items: number, threads: number): FunctionReach {
  return new Walk(code, lanes, items, threads).run();
}

interface OwnMemory {
  readonly parameter: number;
  readonly distance: number | undefined;
}

class Walk {
  readonly #code: VectorFunction;
  readonly #lanes: number;
  readonly #facts = new Facts();
  readonly #arithmetic = new Arithmetic(this.#facts);
  readonly #values: Value[];
  readonly #ints: (LaneRange | undefined)[];
  /** what each opaque symbol stands for: an address, or a thread's distance from the first one */
  readonly #opaque = new Map<Unknown, { readonly parameter: number; readonly isDistance: boolean }>();
  readonly #reaches = new Map<string, { -readonly [K in keyof Reach]: Reach[K] }>();
  #astray: Instruction | undefined;
  /** above 0 while a loop is only looked at for how it moves its pointers */
  #trials = 0;

  constructor(code: VectorFunction, lanes: number, items: number, threads: number) {
    this.#code = code;
    this.#lanes = lanes;
    this.#values = new Array<Value>(code.registerCount);
    this.#ints = new Array<LaneRange | undefined>(code.registerCount);
    const facts = this.#facts;
    const addresses = code.parameters.slice(0, -RANGE_PARAMETERS);
    const [begin, end, thread] = code.parameters.slice(-RANGE_PARAMETERS).map(({ id }) => id) as [
      number,
      number,
      number,
    ];
    const number = facts.between(0, threads - 1);
    addresses.forEach(({ id }, parameter) => {
      const address = facts.opaque();
      const distance = facts.opaque();
      this.#opaque.set(address, { parameter, isDistance: false });
      this.#opaque.set(distance, { parameter, isDistance: true });
      this.#arithmetic.defineProduct(address, number, distance);
      this.#values[id] = symbolValue(address);
    });
    const first = facts.between(0, items - 1);
    const beyond = facts.symbol([[1, addConstant(symbolValue(first), 1)]], [[1, constant(items)]]);
    this.#values[begin] = symbolValue(first);
    this.#values[end] = symbolValue(beyond);
    this.#values[thread] = symbolValue(number);
  }

  run(): FunctionReach {
    this.#block(outlineOf(this.#code, this.#lanes));
    return { reaches: [...this.#reaches.values()], astray: this.#astray };
  }

  #read(index: Index): Value {
    return typeof index === "number" ? this.#arithmetic.number(index) : this.#values[index.id];
  }

  #block(outline: Outline): void {
    for (const step of outline.steps) this.#step(step);
  }

  #step(step: Step): void {
    switch (step.op) {
      case "access":
        if (this.#trials === 0) this.#access(this.#values[step.base], step.loads, step.stores);
        return;
      case "index":
        this.#values[step.to.id] = this.#arithmetic.compute(step.kind, this.#read(step.a), this.#read(step.b));
        return;
      case "indexMove":
        this.#values[step.to.id] = this.#read(step.a);
        return;
      case "firstLane": {
        const { low, high } = this.#lanesOf(step.a);
        this.#values[step.to.id] = low === high ? constant(low) : symbolValue(this.#facts.between(low, high));
        return;
      }
      case "loadIndexed": {
        if (step.to.kind === "int") this.#ints[step.to.id] = ANY_LANE;
        if (this.#trials > 0) return;
        const { low, high } = this.#lanesOf(step.indices);
        const span: Span = { low: low * 4, high: high * 4 + 4, lowest: step, highest: step };
        this.#access(this.#values[step.base.id], span, undefined);
        return;
      }
      case "loop":
        this.#loop(step);
        return;
      case "if":
        this.#if(step);
        return;
      case "splatIndex":
        this.#ints[step.to.id] = this.#splat(this.#values[step.a.id]);
        return;
      default: {
        const range = lanesAfter(step, (register) => this.#lanesOf(register), this.#lanes);
        for (const { id } of written(step)) this.#ints[id] = range;
      }
    }
  }

  #lanesOf({ id }: { readonly id: number }): LaneRange {
    return this.#ints[id] ?? ANY_LANE;
  }

  #splat(value: Value): LaneRange {
    return value === undefined ? ANY_LANE : laneRange(this.#facts.lower(value), this.#facts.upper(value));
  }

  // Accesses -------------------------------------------------------------------------------------------------------

  #access(address: Value, loads: Span | undefined, stores: Span | undefined): void {
    const own = address && this.#ownerOf(address);
    if (own === undefined) {
      this.#astray ??= (stores ?? loads)?.lowest;
      return;
    }
    const { parameter, distance, offset } = own;
    const [low, high] = [this.#facts.lower(offset), this.#facts.upper(offset)];
    const key = `${parameter} ${distance}`;
    let reach = this.#reaches.get(key);
    if (reach === undefined) {
      reach = { parameter, distance, loads: undefined, stores: undefined };
      this.#reaches.set(key, reach);
    }
    const moved = (span: Span): Span => ({ ...span, low: span.low + low, high: span.high + high });
    if (loads) reach.loads = joinSpans(reach.loads, moved(loads));
    if (stores) reach.stores = joinSpans(reach.stores, moved(stores));
  }

  /** The one address that a sum is made of, once, and what is added to it. */
  #ownerOf(address: Linear): (OwnMemory & { readonly offset: Linear }) | undefined {
    let parameter: number | undefined;
    let distance: number | undefined;
    let offset = address;
    for (const [index, symbol] of address.symbols.entries()) {
      if (!symbol.isOpaque) continue;
      const part = this.#opaque.get(symbol);
      if (part === undefined || address.factors[index] !== 1) return undefined;
      if (part.isDistance ? distance !== undefined : parameter !== undefined) return undefined;
      if (part.isDistance) distance = part.parameter;
      else parameter = part.parameter;
      offset = addScaled(offset, -1, symbolValue(symbol));
    }
    return parameter === undefined ? undefined : { parameter, distance, offset };
  }

  // Branches -------------------------------------------------------------------------------------------------------

  #if({ compare, a, b, then, otherwise }: IfStep): void {
    const [x, y] = [this.#read(a), this.#read(b)];
    const difference = x && y && addScaled(x, -1, y);
    const low = difference ? this.#facts.lower(difference) : Number.NEGATIVE_INFINITY;
    const high = difference ? this.#facts.upper(difference) : Number.POSITIVE_INFINITY;
    const isLess = compare === "less";
    const mayHold = isLess ? low < 0 : low <= 0 && high >= 0;
    const mayFail = isLess ? high >= 0 : low !== 0 || high !== 0;
    const opposite = difference && scale(difference, -1);
    const thenFacts = difference && opposite ? (isLess ? [addConstant(opposite, -1)] : [difference, opposite]) : [];
    const otherwiseFacts = isLess && difference ? [difference] : [];
    if (!mayFail) {
      this.#assuming(thenFacts, then);
      return;
    }
    if (!mayHold) {
      this.#assuming(otherwiseFacts, otherwise);
      return;
    }
    const changed = [...new Set([...then.changes.keys(), ...otherwise.changes.keys()])];
    const ints = [...new Set([...then.ints, ...otherwise.ints])];
    const valuesBefore = changed.map((id) => this.#values[id]);
    const intsBefore = ints.map((id) => this.#ints[id]);
    this.#assuming(thenFacts, then);
    const valuesThen = changed.map((id) => this.#values[id]);
    const intsThen = ints.map((id) => this.#lanesOf({ id }));
    this.#restore(changed, valuesBefore, ints, intsBefore);
    this.#assuming(otherwiseFacts, otherwise);
    changed.forEach((id, index) => {
      this.#values[id] = this.#arithmetic.either(valuesThen[index], this.#values[id]);
    });
    ints.forEach((id, index) => {
      this.#ints[id] = joinLanes(intsThen[index] as LaneRange, this.#lanesOf({ id }));
    });
  }

  #assuming(facts: readonly Linear[], body: Outline): void {
    const mark = this.#facts.mark();
    for (const fact of facts) this.#facts.assume(fact);
    this.#block(body);
    this.#facts.release(mark);
  }

  #restore(
    changed: readonly number[],
    values: readonly Value[],
    ints: readonly number[],
    ranges: readonly (LaneRange | undefined)[],
  ): void {
    changed.forEach((id, index) => {
      this.#values[id] = values[index];
    });
    ints.forEach((id, index) => {
      this.#ints[id] = ranges[index];
    });
  }

  // Loops ----------------------------------------------------------------------------------------------------------

  #loop(loop: LoopStep): void {
    const [from, to] = [this.#read(loop.from), this.#read(loop.to)];
    if (from === undefined || to === undefined) {
      this.#forget(loop.body);
      this.#block(loop.body);
      this.#forget(loop.body);
      this.#values[loop.counter] = undefined;
      return;
    }
    const length = addScaled(to, -1, from);
    if (this.#facts.upper(length) > 0) {
      if (length.isConstant) this.#fixedTurns(loop, from, Math.ceil(length.constant / loop.step), true);
      else this.#turns(loop, from, length, undefined, false);
    }
    this.#values[loop.counter] = undefined;
  }

  /** A loop that turns a known number of times.
   *  @param maySplit may the last turn be taken apart from the others? */
  #fixedTurns(loop: LoopStep, from: Linear, count: number, maySplit: boolean): void {
    if (count === 1) {
      this.#values[loop.counter] = from;
      this.#block(loop.body);
      return;
    }
    if (this.#turns(loop, from, constant(count * loop.step), count, maySplit)) return;
    // where the last turn is shorter than the others, they move pointers evenly and it stands alone
    this.#fixedTurns(loop, from, count - 1, false);
    this.#fixedTurns(loop, addConstant(from, (count - 1) * loop.step), 1, false);
  }

  /** All turns of a loop at once, as one turn whose number is a symbol. Pointers that move evenly are at start + step * turn.
   *  @param count if it is known.
   *  @returns false, having done nothing, if a pointer does not move evenly and the last turn may be taken apart. */
  #turns(loop: LoopStep, from: Linear, length: Linear, count: number | undefined, maySplit: boolean): boolean {
    const { body, step } = loop;
    const turn = symbolValue(this.#turnSymbol(length, step, count));
    const counter = this.#arithmetic.compute("add", from, scale(turn, step));
    const before = new Map<number, Value>();
    for (const id of body.changes.keys()) before.set(id, this.#values[id]);
    const ints = [...body.ints].map((id) => this.#ints[id]);

    const steps = this.#stepsOf(loop, counter);
    const isEven = [...body.changes].every(([id, { kind }]) => kind === "other" || steps.has(id) || !before.get(id));
    if (!isEven && maySplit) {
      this.#restore([...before.keys()], [...before.values()], [...body.ints], ints);
      return false;
    }
    this.#forget(body);
    for (const [id, each] of steps) {
      this.#values[id] = this.#arithmetic.compute("add", before.get(id), scale(turn, each));
    }
    this.#values[loop.counter] = counter;
    this.#block(body);

    const turns =
      count === undefined
        ? this.#arithmetic.divide(addConstant(this.#arithmetic.choose("max", length, ZERO), step - 1), step)
        : constant(count);
    this.#forget(body);
    for (const [id, each] of steps) {
      this.#values[id] = turns && this.#arithmetic.compute("add", before.get(id), scale(turns, each));
    }
    return true;
  }

  /** The number of a turn, from 0. */
  #turnSymbol(length: Linear, step: number, count: number | undefined): Unknown {
    if (count !== undefined) return this.#facts.between(0, count - 1);
    const divides = (value: number): boolean => value % step === 0;
    const isWhole = divides(length.constant) && length.factors.every(divides);
    // step * turn < length
    const most = isWhole ? addConstant(length, -step) : addConstant(length, -1);
    return this.#facts.symbol([[1, ZERO]], [[step, most]]);
  }

  /** By how much one turn moves each pointer that only constants move. */
  #stepsOf(loop: LoopStep, counter: Value): Map<number, number> {
    const steps = new Map<number, number>();
    const trial: [id: number, start: Linear][] = [];
    for (const [id, change] of loop.body.changes) {
      if (this.#values[id] === undefined || change.kind === "other") continue;
      if (change.kind === "advance") steps.set(id, change.step);
      else trial.push([id, symbolValue(this.#facts.opaque())]);
    }
    if (trial.length === 0) return steps;
    // how far inner loops move them is seen by running one turn from a position that stands for any
    const before = new Map([...steps.keys()].map((id) => [id, this.#values[id]] as const));
    this.#forget(loop.body);
    for (const id of before.keys()) this.#values[id] = symbolValue(this.#facts.opaque());
    for (const [id, start] of trial) this.#values[id] = start;
    this.#values[loop.counter] = counter;
    this.#trials++;
    this.#block(loop.body);
    this.#trials--;
    for (const [id, start] of trial) {
      const end = this.#values[id];
      const moved = end && addScaled(end, -1, start);
      if (moved?.isConstant) steps.set(id, moved.constant);
    }
    return steps;
  }

  /** Before a turn that may be any, and after them: whatever a block writes is not known. */
  #forget(body: Outline): void {
    for (const id of body.changes.keys()) this.#values[id] = undefined;
    for (const id of body.ints) this.#ints[id] = undefined;
  }
}
