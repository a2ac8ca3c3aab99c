import { add, full, makeNode, matmul, select } from "../graph/build.ts";
import { isOp, type Node, type Op } from "../graph/node.ts";
import { everyStep, makeScan, placeholder, scanOperands } from "../graph/scan.ts";
import { topologicalOrder } from "../graph/walk.ts";
import { keptValues } from "./kept-values.ts";
import { StepSums } from "./step-sums.ts";

/** A value and the cotangent that it has from outside. */
export interface Seed {
  readonly node: Node;
  readonly cotangent: Node;
}

/** What is read of a loop, with the cotangent that it received. */
export interface LoopRead {
  readonly node: Node<"scanEvery"> | Node<"scanLast">;
  readonly cotangent: Node;
}

type Differentiate = (seeds: readonly Seed[], wrt: readonly Node[]) => readonly (Node | undefined)[];

/** The cotangents of a loop's inputs: another loop, from its last step to the first.
 *    forward   c_t = f(c_{t-1}, x_t, w)      backward   dc_{t-1}, dx_t, dw_t = derivative of f at step t, given dc_t
 *  Values of the forward step that are cheap are computed again, all others are kept at every step. dw is the sum of all dw_t; where it is
 *  a sum of products or of rows, the loop only keeps their factors, and one product follows it (`step-sums.ts`).
 *  @param differentiate cotangents within one step.
 *  Source: Werbos, "Backpropagation Through Time", 1990. */
export function differentiateLoop(
  loop: Node<"scan">,
  reads: readonly LoopRead[],
  wanted: readonly boolean[],
  differentiate: Differentiate,
): readonly (Node | undefined)[] {
  if (reads.length === 0 || !wanted.includes(true)) return [];
  const { body, length, isReversed } = loop.attributes;
  const { shared, sequences, carried } = body;
  const inputs = [...shared, ...sequences, ...carried.map(({ input }) => input)];
  const forward = topologicalOrder([
    ...carried.map(({ next }) => next),
    ...reads.flatMap(({ node }) => (isOp(node, "scanEvery") ? [node.attributes.of] : [])),
  ]);
  const isActive = activeCarries(loop, forward, wanted);

  // the cotangent of what a step hands on, and of what is read of every step
  const later = carried.map(({ input }, k) => (isActive[k] ? placeholder(`cotangent ${k}`, input) : undefined));
  const received = new Map<Node<"input">, Node>();
  const seeds = carried.flatMap(({ next }, k): Seed[] => {
    const cotangent = later[k];
    return cotangent ? [{ node: next, cotangent }] : [];
  });
  for (const { node, cotangent } of reads) {
    if (!isOp(node, "scanEvery")) continue;
    const { of } = node.attributes;
    const part = placeholder("cotangent", of);
    received.set(part, cotangent);
    seeds.push({ node: of, cotangent: part });
  }
  const firstCarried = shared.length + sequences.length;
  const wrt = inputs.filter((_, index) => wanted[index] || isActive[index - firstCarried]);
  const found = differentiate(seeds, wrt);
  const derivatives = new Map(wrt.map((input, index) => [input, found[index]]));
  const lastOf = (k: number): Node =>
    reads
      .filter(({ node }) => isOp(node, "scanLast") && node.attributes.carry === k)
      .map(({ cotangent }) => cotangent)
      .reduce<Node | undefined>((sum, share) => (sum ? add(sum, share) : share), undefined) ??
    full((carried[k] as { input: Node }).input.shape, 0);

  const backward = new BackwardBody(
    loop,
    forward,
    [...derivatives.values()].filter((node) => node !== undefined),
  );
  for (const [part, cotangent] of received) backward.addSequence(part, cotangent);
  carried.forEach(({ input }, k) => {
    const cotangent = later[k];
    if (cotangent) backward.carry(cotangent, derivatives.get(input) ?? full(input.shape, 0), lastOf(k));
  });
  const close = backward.closed();
  const sums = new StepSums((node) => backward.isOwn(node), length);
  const picks: Node[] = [];
  const results = inputs.map((input, index): (() => Node) | undefined => {
    const derivative = derivatives.get(input);
    if (!wanted[index] || derivative === undefined) return undefined;
    if (index < shared.length) return sums.prepare(close(derivative));
    if (index < firstCarried) {
      const place = picks.push(close(derivative)) - 1;
      return () => everyStep(made.loop, made.values[place] as Node);
    }
    return () => backward.final(later[index - firstCarried] as Node, made.loop);
  });
  const { accumulators } = sums;
  // complete before the sequences are listed: what it reads becomes one of them
  const handed = backward.carried(close);
  const made = makeScan(
    {
      sequences: [...backward.sequences.keys()],
      carried: [...handed, ...accumulators],
      values: [...picks, ...sums.values],
    },
    {
      sequences: [...backward.sequences.values()],
      initial: [...backward.initial, ...accumulators.map(({ input }) => full(input.shape, 0))],
      length,
      isReversed: !isReversed,
    },
  );
  sums.complete(made.loop, made.values.slice(picks.length), backward.initial.length);
  return results.map((result) => result?.());
}

/** For each carried array: does a wanted input reach it, so that its cotangent matters? */
function activeCarries(loop: Node<"scan">, forward: readonly Node[], wanted: readonly boolean[]): boolean[] {
  const { shared, sequences, carried } = loop.attributes.body;
  const first = shared.length + sequences.length;
  let active = carried.map((_, k) => wanted[first + k] === true);
  for (;;) {
    const reached = new Set<Node>([
      ...[...shared, ...sequences].filter((_, index) => wanted[index]),
      ...carried.flatMap(({ input }, k) => (active[k] ? [input] : [])),
    ]);
    for (const node of forward) if (node.inputs.some((input) => reached.has(input))) reached.add(node);
    const next = carried.map(({ input, next }, k) => active[k] || (input.dtype === "float32" && reached.has(next)));
    if (next.every((flag, k) => flag === active[k])) return next as boolean[];
    active = next as boolean[];
  }
}

/** A cotangent that passes through a product with a fixed matrix on its way to the step before: dc_{t-1} = A_t W + E_t. The loop carries A
 *  and E, and begins with the product. What follows it in the step then runs in the product's kernel. */
interface Rotation {
  readonly factors: readonly { readonly input: Node<"input">; readonly next: Node; readonly matrix: Node }[];
  readonly rest: { readonly input: Node<"input">; readonly next: Node } | undefined;
  /** 1 in the first step that runs, where there is no product yet: E is the cotangent from outside */
  readonly initial: Node;
}

class BackwardBody {
  /** what it reads step by step: its own inputs, with the arrays outside */
  readonly sequences = new Map<Node<"input">, Node>();
  readonly initial: Node[] = [];
  readonly #loop: Node<"scan">;
  readonly #forward: ReadonlySet<Node>;
  readonly #kept: ReadonlySet<Node>;
  readonly #carried: { readonly input: Node<"input">; readonly next: Node }[] = [];
  readonly #rotations = new Map<Node, Rotation>();
  readonly #closed = new Map<Node, Node>();
  #first: Node | undefined;

  constructor(loop: Node<"scan">, forward: readonly Node[], roots: readonly Node[]) {
    this.#loop = loop;
    this.#forward = new Set(forward);
    this.#kept = keptValues(forward, roots);
  }

  /** Does the node differ from step to step by itself? */
  isOwn(node: Node): boolean {
    return isOp(node, "input") && (this.sequences.has(node) || this.#carried.some(({ input }) => input === node));
  }

  addSequence(input: Node<"input">, operand: Node): void {
    this.sequences.set(input, operand);
    this.#closed.set(input, input);
  }

  /** Carries a cotangent from step to step. */
  carry(input: Node<"input">, next: Node, initial: Node): void {
    const terms = termsOf(next);
    const products = terms.filter((term) => this.#isThroughMatrix(term));
    if (products.length === 0) {
      this.#add(input, next, initial);
      this.#closed.set(input, input);
      return;
    }
    const factors = products.map((product) => {
      const [factor, matrix] = product.inputs as [Node, Node];
      const carried = placeholder("factor", factor);
      this.#add(carried, factor, full(factor.shape, 0));
      return { input: carried, next: factor, matrix };
    });
    const others = terms.filter((term) => !products.includes(term));
    const rest = others.length > 0 ? { input: placeholder("rest", input), next: others.reduce(add) } : undefined;
    if (rest) this.#add(rest.input, rest.next, initial);
    this.#rotations.set(input, { factors, rest, initial });
  }

  #add(input: Node<"input">, next: Node, initial: Node): void {
    this.#carried.push({ input, next });
    this.initial.push(initial);
  }

  /** A product with a matrix that is the same in every step, whose other factor is not. */
  #isThroughMatrix(term: Node): boolean {
    if (!isOp(term, "matmul") || term.shape.length !== 2) return false;
    const [factor, matrix] = term.inputs as [Node, Node];
    return this.#isSteady(matrix) && !this.#isSteady(factor);
  }

  #isSteady(node: Node): boolean {
    const { shared } = this.#loop.attributes.body;
    return topologicalOrder([node]).every((part) => !isOp(part, "input") || shared.includes(part));
  }

  /** From nodes of the traced derivative to nodes of the new body, in which values of the forward step are kept or computed again. */
  closed(): (node: Node) => Node {
    const close = (node: Node): Node => {
      const known = this.#closed.get(node);
      if (known) return known;
      const made = this.#read(node) ?? rebuilt(node, close);
      this.#closed.set(node, made);
      return made;
    };
    for (const [input, { factors, rest, initial }] of this.#rotations) {
      for (const { input: own } of factors) this.#closed.set(own, own);
      if (rest) this.#closed.set(rest.input, rest.input);
      const product = factors.map(({ input: own, matrix }) => matmul(own, close(matrix))).reduce(add);
      this.#closed.set(input, rest ? add(product, rest.input) : select(this.#isFirst(), initial, product));
    }
    return close;
  }

  carried(close: (node: Node) => Node): readonly { readonly input: Node<"input">; readonly next: Node }[] {
    return this.#carried.map(({ input, next }) => ({ input, next: close(next) }));
  }

  /** The cotangent of an array before the first step. */
  final(input: Node, made: Node<"scan">): Node {
    const last = (own: Node): Node =>
      makeNode("scanLast", [made], { carry: this.#carried.findIndex((item) => item.input === own) });
    const rotation = this.#rotations.get(input);
    if (rotation === undefined) return last(input);
    const { shared } = scanOperands(this.#loop);
    const outside = new Map<Node, Node>(this.#loop.attributes.body.shared.map((node, k) => [node, shared[k] as Node]));
    const product = rotation.factors
      .map(({ input: own, matrix }) => matmul(last(own), substitute(matrix, outside)))
      .reduce(add);
    return rotation.rest ? add(product, last(rotation.rest.input)) : product;
  }

  /** Is this the step that runs first? A bool scalar. */
  #isFirst(): Node {
    if (this.#first === undefined) {
      const { length, isReversed } = this.#loop.attributes;
      const flag = placeholder("is first", { shape: [1], dtype: "bool" });
      const data = new Int32Array(length);
      // the backward loop starts where the forward one ended
      data[isReversed ? 0 : length - 1] = 1;
      this.addSequence(flag, makeNode("literal", [], { data, shape: [length, 1], dtype: "bool" }));
      this.#first = flag;
    }
    return this.#first;
  }

  /** The forward step's inputs and kept values; undefined for a node that the backward step computes. */
  #read(node: Node): Node | undefined {
    const { shared, sequences } = this.#loop.attributes.body;
    const outside = scanOperands(this.#loop);
    if (isOp(node, "input") && this.#forward.has(node)) {
      const known = shared.indexOf(node);
      if (known >= 0) return outside.shared[known] as Node;
      const place = sequences.indexOf(node);
      return this.#readEvery(node, place >= 0 ? (outside.sequences[place] as Node) : everyStep(this.#loop, node));
    }
    return this.#kept.has(node) ? this.#readEvery(node, everyStep(this.#loop, node)) : undefined;
  }

  #readEvery(node: Node, values: Node): Node {
    const input = placeholder("kept", node);
    this.addSequence(input, values);
    return input;
  }
}

/** The terms of a sum. */
function termsOf(sum: Node): readonly Node[] {
  return isOp(sum, "add") ? sum.inputs.flatMap(termsOf) : [sum];
}

function rebuilt(node: Node, get: (part: Node) => Node): Node {
  const inputs = node.inputs.map(get);
  return inputs.every((part, index) => part === node.inputs[index])
    ? node
    : makeNode<Op>(node.op, inputs, node.attributes);
}

function substitute(root: Node, known: ReadonlyMap<Node, Node>): Node {
  const done = new Map(known);
  for (const node of topologicalOrder([root]))
    if (!done.has(node))
      done.set(
        node,
        rebuilt(node, (part) => done.get(part) as Node),
      );
  return done.get(root) as Node;
}
