import type { Instruction } from "../program.ts";
import type { Value } from "./arithmetic.ts";
import type { Facts } from "./facts.ts";
import { isSame, Linear, symbolValue, type Unknown } from "./linear.ts";
import { joinSpans, type Span } from "./outline.ts";

/** The accesses of a function through one of its address parameters, in bytes from that address. */
export interface Reach {
  readonly parameter: number;
  /** the parameter that is the distance between the threads' memories, if the address is this thread's own part */
  readonly distance: number | undefined;
  readonly loads: Span | undefined;
  readonly stores: Span | undefined;
}

/** All accesses of a function, for all ranges of work items and all threads. */
export interface FunctionReach {
  readonly reaches: readonly Reach[];
  /** an access whose address does not come from an address parameter */
  readonly astray: Instruction | undefined;
}

/** Bytes before and after an address that may be accessed. */
export interface Room {
  readonly low: number;
  readonly high: number;
}

/** The room for accesses through a parameter, or through a thread's own part of it. */
export type RoomOf = (parameter: number, distance: number | undefined) => Room;

/** No bound is sufficient: the tightest are wanted. */
export const NO_ROOM: Room = { low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };

interface Owned extends Pick<Reach, "parameter" | "distance"> {
  /** bytes from the address, without the instruction's own offset */
  readonly offset: Linear;
}

type GrowingReach = { -readonly [K in keyof Reach]: Reach[K] } & { readonly room: Room };

/** The addresses of a function, and its accesses through them. */
export class Memory implements FunctionReach {
  readonly reaches: GrowingReach[] = [];
  astray: Instruction | undefined;
  readonly #facts: Facts;
  readonly #thread: Linear;
  readonly #roomOf: RoomOf;
  /** the meaning of each opaque symbol: an address, or a thread's distance from the first thread's memory */
  readonly #opaque = new Map<Unknown, { readonly parameter: number; readonly isDistance: boolean }>();
  /** by parameter: products with the thread number */
  readonly #distances = new Map<number, Unknown>();

  /** @param thread the number of the thread. */
  constructor(facts: Facts, thread: Linear, roomOf: RoomOf) {
    this.#facts = facts;
    this.#thread = thread;
    this.#roomOf = roomOf;
  }

  /** A symbol for a parameter's address; call once per parameter. */
  addressOf(parameter: number): Linear {
    const address = this.#facts.opaque();
    this.#opaque.set(address, { parameter, isDistance: false });
    return symbolValue(address);
  }

  /** A parameter times the thread number: the distance of a thread's memory from the first thread's. */
  productOf(a: Linear, b: Linear): Value {
    const factor = isSame(a, this.#thread) ? b : isSame(b, this.#thread) ? a : undefined;
    const symbol = factor?.symbols[0];
    const address = symbol && this.#opaque.get(symbol);
    if (!factor || !symbol || !address || address.isDistance || !isSame(factor, symbolValue(symbol))) return undefined;
    const { parameter } = address;
    let distance = this.#distances.get(parameter);
    if (distance === undefined) {
      distance = this.#facts.opaque();
      this.#distances.set(parameter, distance);
      this.#opaque.set(distance, { parameter, isDistance: true });
    }
    return symbolValue(distance);
  }

  /** Records reads and writes at an address. */
  access(address: Value, loads: Span | undefined, stores: Span | undefined): void {
    const own = address && this.#ownerOf(address);
    if (own === undefined) {
      this.astray ??= (stores ?? loads)?.lowest;
      return;
    }
    const reach = this.#reachOf(own);
    if (loads) reach.loads = this.#moved(loads, own.offset, reach.room, reach.loads);
    if (stores) reach.stores = this.#moved(stores, own.offset, reach.room, reach.stores);
  }

  #reachOf({ parameter, distance }: Owned): GrowingReach {
    const known = this.reaches.find((reach) => reach.parameter === parameter && reach.distance === distance);
    if (known !== undefined) return known;
    const room = this.#roomOf(parameter, distance);
    const reach = { parameter, distance, room, loads: undefined, stores: undefined };
    this.reaches.push(reach);
    return reach;
  }

  /** The accesses so far joined with a span at an offset. */
  #moved({ low, high, lowest, highest }: Span, offset: Linear, room: Room, before: Span | undefined): Span {
    return joinSpans(before, {
      low: low + this.#facts.lower(offset, room.low - low),
      high: high + this.#facts.upper(offset, room.high - high),
      lowest,
      highest,
    });
  }

  /** The single address in a sum, with factor 1, and the offset from it. */
  #ownerOf(address: Linear): Owned | undefined {
    let parameter: number | undefined;
    let distance: number | undefined;
    const symbols: Unknown[] = [];
    const factors: number[] = [];
    for (let index = 0; index < address.symbols.length; index++) {
      const symbol = address.symbols[index] as Unknown;
      const factor = address.factors[index] as number;
      if (!symbol.isOpaque) {
        symbols.push(symbol);
        factors.push(factor);
        continue;
      }
      const part = this.#opaque.get(symbol);
      if (part === undefined || factor !== 1) return undefined;
      if (part.isDistance ? distance !== undefined : parameter !== undefined) return undefined;
      if (part.isDistance) distance = part.parameter;
      else parameter = part.parameter;
    }
    if (parameter === undefined) return undefined;
    return { parameter, distance, offset: new Linear(symbols, factors, address.constant) };
  }
}
