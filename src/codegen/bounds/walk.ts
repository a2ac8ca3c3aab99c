import type { Index, IndexBinary, VectorFunction } from "../program.ts";
import { RANGE_PARAMETERS } from "../verify.ts";
import { Arithmetic, type Value } from "./arithmetic.ts";
import { Facts } from "./facts.ts";
import { ANY_LANE, joinLanes, type LaneRange, laneRange, lanesAfter } from "./lanes.ts";
import { addConstant, addScaled, constant, type Linear, scale, symbolValue, type Unknown, ZERO } from "./linear.ts";
import { type FunctionReach, Memory, NO_ROOM, type RoomOf } from "./memory.ts";
import { type IfStep, type LoopStep, type Outline, outlineOf, type Span, type Step, written } from "./outline.ts";

/** Finds the memory accesses of a function when the given number of threads share its work items [0, items).
 *  Every thread receives a non-empty part [begin, end) of them and its number.
 *  @param roomOf the allowed accesses through a parameter: bounds within it need not be the tightest. Default: find the tightest. */
export function reachOf(
  code: VectorFunction,
  lanes: number,
  items: number,
  threads: number,
  roomOf: RoomOf = () => NO_ROOM,
): FunctionReach {
  return new Walk(code, lanes, items, threads, roomOf).run();
}

class Walk {
  readonly #code: VectorFunction;
  readonly #lanes: number;
  readonly #facts = new Facts();
  readonly #arithmetic = new Arithmetic(this.#facts, (a, b) => this.#memory.productOf(a, b));
  readonly #values: Value[];
  readonly #ints: (LaneRange | undefined)[];
  readonly #memory: Memory;
  /** above 0 while a loop is only examined for its pointer steps */
  #trials = 0;

  constructor(code: VectorFunction, lanes: number, items: number, threads: number, roomOf: RoomOf) {
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
    const number = symbolValue(facts.between(0, threads - 1));
    this.#memory = new Memory(facts, number, roomOf);
    addresses.forEach(({ id }, parameter) => {
      this.#values[id] = this.#memory.addressOf(parameter);
    });
    const first = facts.between(0, items - 1);
    const beyond = facts.symbol(
      [{ factor: 1, than: addConstant(symbolValue(first), 1) }],
      [{ factor: 1, than: constant(items) }],
    );
    // the sample cases: all of the work for one thread (twice), only its first item, only its last item
    first.highSamples = 0b1000;
    beyond.highSamples = 0b1011;
    this.#values[begin] = symbolValue(first);
    this.#values[end] = symbolValue(beyond);
    this.#values[thread] = number;
  }

  run(): FunctionReach {
    this.#block(outlineOf(this.#code, this.#lanes));
    return this.#memory;
  }

  #read(index: Index): Value {
    return typeof index === "number" ? this.#arithmetic.number(index) : this.#values[index.id];
  }

  #block(outline: Outline): void {
    const { steps } = outline;
    for (let at = 0; at < steps.length; at++) this.#step(steps[at] as Step);
  }

  #step(step: Step): void {
    switch (step.op) {
      case "access":
        if (this.#trials === 0) this.#memory.access(this.#values[step.base], step.loads, step.stores);
        return;
      case "index":
        this.#values[step.to.id] = this.#compute(step.kind, step.a, step.b);
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
        this.#memory.access(this.#values[step.base.id], span, undefined);
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

  #compute(kind: IndexBinary, a: Index, b: Index): Value {
    if (typeof b === "number" && (kind === "add" || kind === "sub")) {
      return this.#arithmetic.move(this.#read(a), kind === "add" ? b : -b);
    }
    return this.#arithmetic.compute(kind, this.#read(a), this.#read(b));
  }

  #lanesOf({ id }: { readonly id: number }): LaneRange {
    return this.#ints[id] ?? ANY_LANE;
  }

  #splat(value: Value): LaneRange {
    return value === undefined ? ANY_LANE : laneRange(this.#facts.lower(value), this.#facts.upper(value));
  }

  // Branches -------------------------------------------------------------------------------------------------------

  #if({ compare, a, b, then, otherwise }: IfStep): void {
    const [x, y] = [this.#read(a), this.#read(b)];
    const difference = x && y && addScaled(x, -1, y);
    const isLess = compare === "less";
    const { mayHold, mayFail } = this.#outcomes(isLess, difference);
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

  /** Whether a difference may be less than zero (or equal to it), and whether it may not. */
  #outcomes(isLess: boolean, difference: Value): { readonly mayHold: boolean; readonly mayFail: boolean } {
    if (difference === undefined) return { mayHold: true, mayFail: true };
    const facts = this.#facts;
    if (isLess) return { mayHold: !facts.isAtLeast(difference, 0), mayFail: !facts.isAtMost(difference, -1) };
    const isZero = facts.isAtLeast(difference, 0) && facts.isAtMost(difference, 0);
    return {
      mayHold: isZero || (!facts.isAtLeast(difference, 1) && !facts.isAtMost(difference, -1)),
      mayFail: !isZero,
    };
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
    if (!this.#facts.isAtMost(length, 0)) {
      if (length.isConstant) this.#fixedTurns(loop, from, Math.ceil(length.constant / loop.step), true);
      else this.#turns(loop, from, length, undefined, false);
    }
    this.#values[loop.counter] = undefined;
  }

  /** A loop with a known number of iterations.
   *  @param maySplit whether the last iteration may be walked separately. */
  #fixedTurns(loop: LoopStep, from: Linear, count: number, maySplit: boolean): void {
    if (count === 1) {
      this.#values[loop.counter] = from;
      this.#block(loop.body);
      return;
    }
    if (this.#turns(loop, from, constant(count * loop.step), count, maySplit)) return;
    // if the last iteration is shorter, the others move pointers evenly and the last one is walked separately
    this.#fixedTurns(loop, from, count - 1, false);
    this.#fixedTurns(loop, addConstant(from, (count - 1) * loop.step), 1, false);
  }

  /** All iterations of a loop at once, as one iteration whose number is a symbol. Pointers that move evenly are at start + step * turn.
   *  @param count number of iterations, if known.
   *  @returns false, without any effect, if a pointer does not move evenly and the last iteration may be walked separately. */
  #turns(loop: LoopStep, from: Linear, length: Linear, count: number | undefined, maySplit: boolean): boolean {
    const { body, step } = loop;
    const turn = symbolValue(this.#turnSymbol(length, step, count));
    const counter = this.#arithmetic.compute("add", from, scale(turn, step));
    const before = new Map<number, Value>();
    for (const id of body.changes.keys()) before.set(id, this.#values[id]);
    const ints = Array.from(body.ints, (id) => this.#ints[id]);

    const steps = this.#stepsOf(loop, counter);
    if (maySplit && !this.#isEven(body, steps, before)) {
      this.#restore([...before.keys()], [...before.values()], [...body.ints], ints);
      return false;
    }
    this.#forget(body);
    for (const [id, each] of steps) {
      this.#values[id] = this.#arithmetic.compute("add", before.get(id), scale(turn, each));
    }
    this.#values[loop.counter] = counter;
    this.#block(body);

    this.#forget(body);
    if (steps.size === 0) return true;
    const turns =
      count === undefined
        ? this.#arithmetic.divide(addConstant(this.#arithmetic.choose("max", length, ZERO), step - 1), step)
        : constant(count);
    for (const [id, each] of steps) {
      this.#values[id] = turns && this.#arithmetic.compute("add", before.get(id), scale(turns, each));
    }
    return true;
  }

  #isEven({ changes }: Outline, steps: ReadonlyMap<number, number>, before: ReadonlyMap<number, Value>): boolean {
    for (const [id, { kind }] of changes) if (kind !== "other" && !steps.has(id) && before.get(id)) return false;
    return true;
  }

  /** The number of an iteration, from 0. */
  #turnSymbol(length: Linear, step: number, count: number | undefined): Unknown {
    if (count !== undefined) return this.#facts.between(0, count - 1);
    const divides = (value: number): boolean => value % step === 0;
    const isWhole = divides(length.constant) && length.factors.every(divides);
    // step * turn < length
    const most = isWhole ? addConstant(length, -step) : addConstant(length, -1);
    return this.#facts.symbol([{ factor: 1, than: ZERO }], [{ factor: step, than: most }]);
  }

  /** The step per iteration of each pointer that only constants move. */
  #stepsOf(loop: LoopStep, counter: Value): Map<number, number> {
    const steps = new Map<number, number>();
    const trial: [id: number, start: Linear][] = [];
    for (const [id, change] of loop.body.changes) {
      if (this.#values[id] === undefined || change.kind === "other") continue;
      if (change.kind === "advance") steps.set(id, change.step);
      else trial.push([id, symbolValue(this.#facts.opaque())]);
    }
    if (trial.length === 0) return steps;
    // to see how far inner loops move them, run one iteration from a symbolic position
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

  /** Before an arbitrary iteration and after the loop, the registers that a block writes are unknown. */
  #forget(body: Outline): void {
    for (const id of body.changes.keys()) this.#values[id] = undefined;
    for (const id of body.ints) this.#ints[id] = undefined;
  }
}
