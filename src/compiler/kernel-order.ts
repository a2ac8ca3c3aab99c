import { append } from "../core/extremes.ts";
import type { Node } from "../graph/node.ts";
import { type Kernel, readNodes, writtenNodes } from "./kernel.ts";

/** Which kernels must run before which others, while kernels are joined. A kernel is identified by its place in the first order. */
export class KernelOrder {
  readonly #after: Set<number>[];
  readonly #before: Set<number>[];
  readonly #kernels: (Kernel | undefined)[];
  /** a kernel has a greater rank than the kernels it needs, as long as joining keeps the ranks valid */
  readonly #ranks: number[];
  #areRanked = true;

  /** @param kernels in an order in which they may run.
   *  @param states arrays that may be overwritten with their next values. A kernel that reads the old value and came before, stays
   *  before. */
  constructor(kernels: readonly Kernel[], states: readonly { readonly input: Node; readonly next: Node }[]) {
    this.#kernels = [...kernels];
    this.#after = kernels.map(() => new Set());
    this.#before = kernels.map(() => new Set());
    this.#ranks = kernels.map((_, place) => place);
    const writers = new Map<Node, number[]>();
    kernels.forEach((kernel, place) => {
      for (const node of writtenNodes(kernel)) writers.set(node, [...(writers.get(node) ?? []), place]);
    });
    const nextOf = new Map(states.map(({ input, next }) => [input, next]));
    kernels.forEach((kernel, place) => {
      for (const node of readNodes(kernel)) {
        for (const writer of writers.get(node) ?? []) this.#link(writer, place);
        for (const writer of writers.get(nextOf.get(node) as Node) ?? []) if (place < writer) this.#link(place, writer);
      }
    });
    // several kernels that write parts of one array keep their order
    for (const places of writers.values()) {
      for (let k = 1; k < places.length; k++) this.#link(places[k - 1] as number, places[k] as number);
    }
  }

  #link(first: number, second: number): void {
    if (first === second) return;
    (this.#after[first] as Set<number>).add(second);
    (this.#before[second] as Set<number>).add(first);
  }

  /** May the second kernel, which needs the first, be joined with it? Not if a third kernel must run between them. */
  canJoin(first: number, second: number): boolean {
    const seen = new Set<number>([first]);
    const stack = [...(this.#after[first] as Set<number>)].filter((place) => place !== second);
    while (stack.length > 0) {
      const place = stack.pop() as number;
      if (place === second) return false;
      if (seen.has(place) || (this.#areRanked && this.#rank(place) > this.#rank(second))) continue;
      seen.add(place);
      append(stack, this.#after[place] as Set<number>);
    }
    return true;
  }

  #rank(place: number): number {
    return this.#ranks[place] as number;
  }

  /** Replaces two kernels by one, at the place of the first. */
  join(first: number, second: number, joined: Kernel): void {
    for (const place of this.#after[second] as Set<number>) {
      (this.#before[place] as Set<number>).delete(second);
      this.#link(first, place);
    }
    for (const place of this.#before[second] as Set<number>) {
      (this.#after[place] as Set<number>).delete(second);
      this.#link(place, first);
    }
    this.#after[second] = new Set();
    this.#before[second] = new Set();
    this.#rankJoined(first, second);
    this.#kernels[first] = joined;
    this.#kernels[second] = undefined;
  }

  /** The joined kernel takes the rank of one of the two that fits all kernels before and after it. */
  #rankJoined(first: number, second: number): void {
    const [before, after] = [[...(this.#before[first] as Set<number>)], [...(this.#after[first] as Set<number>)]];
    const fits = (rank: number) =>
      before.every((place) => this.#rank(place) < rank) && after.every((place) => this.#rank(place) > rank);
    if (fits(this.#rank(first))) return;
    if (fits(this.#rank(second))) this.#ranks[first] = this.#rank(second);
    else this.#areRanked = false;
  }

  /** The kernels, each as early in the first order as its dependencies allow. */
  ordered(): Kernel[] {
    const ordered: Kernel[] = [];
    const seen = new Set<number>();
    const visit = (place: number): void => {
      if (seen.has(place)) return;
      seen.add(place);
      for (const before of [...(this.#before[place] as Set<number>)].sort((a, b) => a - b)) visit(before);
      const kernel = this.#kernels[place];
      if (kernel) ordered.push(kernel);
    };
    this.#kernels.forEach((_, place) => {
      visit(place);
    });
    return ordered;
  }
}
