import { add, broadcastTo, constant, makeNode, matmul, mul, permute, reduce, reshape } from "../graph/build.ts";
import { isOp, type Node, type Op } from "../graph/node.ts";
import { everyStep, placeholder } from "../graph/scan.ts";
import { topologicalOrder } from "../graph/walk.ts";

/** Sums of values over all steps of a loop, computed behind the loop where that is one operation:
 *    sum_t A_t B_t = [A_1 A_2 ...] [B_1; B_2; ...]        sum_t sum_n g_tn = sum over both axes of g
 *  Any other value is added up from step to step. */
export class StepSums {
  /** nodes whose values at every step are needed */
  readonly values: Node[] = [];
  /** sums that the loop carries; they start at 0 */
  readonly accumulators: { readonly input: Node<"input">; readonly next: Node }[] = [];
  readonly #isOwn: (node: Node) => boolean;
  readonly #length: number;
  #loop: Node<"scan"> | undefined;
  #closed: readonly Node[] = [];
  #firstAccumulator = 0;

  /** @param isOwn does a node differ from step to step by itself? */
  constructor(isOwn: (node: Node) => boolean, length: number) {
    this.#isOwn = isOwn;
    this.#length = length;
  }

  /** @returns what makes the sum, once the loop exists. */
  prepare(node: Node): () => Node {
    if (!this.#varies(node)) return () => mul(node, constant(this.#length));
    const [first] = node.inputs as [Node];
    switch (node.op) {
      case "matmul":
        return node.shape.length === 2 ? this.#product(node) : this.#added(node);
      case "reduce":
        return isOp(node, "reduce") && node.attributes.kind === "sum" ? this.#rows(node) : this.#added(node);
      case "pad":
        if (!isOp(node, "pad") || node.attributes.value !== 0) return this.#added(node);
        return this.#through(node, [first]);
      case "permute":
      case "reshape":
      case "broadcast":
      case "slice":
      case "neg":
        return this.#through(node, [first]);
      case "concat":
      case "add":
      case "sub":
        return this.#through(node, node.inputs);
      default:
        return this.#added(node);
    }
  }

  /** @param values the nodes of the loop's body for `values`.
   *  @param firstAccumulator the place of the first accumulator among what the loop carries. */
  complete(loop: Node<"scan">, values: readonly Node[], firstAccumulator: number): void {
    this.#loop = loop;
    this.#closed = values;
    this.#firstAccumulator = firstAccumulator;
  }

  #varies(node: Node): boolean {
    return topologicalOrder([node]).some(this.#isOwn);
  }

  /** A linear operation: of the sums instead of the values. */
  #through(node: Node, inputs: readonly Node[]): () => Node {
    const sums = inputs.map((input) => this.prepare(input));
    return () =>
      makeNode<Op>(
        node.op,
        sums.map((sum) => sum()),
        node.attributes,
      );
  }

  #rows(node: Node<"reduce">): () => Node {
    const values = this.#every(node.inputs[0] as Node);
    return () => reduce(values(), "sum", [0, ...node.attributes.axes.map((axis) => axis + 1)]);
  }

  #product(node: Node): () => Node {
    const [left, right] = node.inputs as [Node, Node];
    const [lefts, rights] = [this.#stacked(transposed(left)), this.#stacked(right)];
    return () => matmul(permute(lefts(), [1, 0]), rights());
  }

  /** (K, N) at every step, one below the other: (T K, N). */
  #stacked(matrix: Node): () => Node {
    const shape = [this.#length * (matrix.shape[0] as number), matrix.shape[1] as number];
    const original = originalOf(matrix);
    const values = this.#every(original ?? matrix);
    return () => reshape(original ? permute(values(), [0, 2, 1]) : values(), shape);
  }

  #added(node: Node): () => Node {
    const input = placeholder("sum", node);
    const place = this.accumulators.push({ input, next: add(input, node) }) - 1;
    return () => makeNode("scanLast", [this.#made()], { carry: this.#firstAccumulator + place });
  }

  #every(node: Node): () => Node {
    if (!this.#varies(node)) return () => broadcastTo(node, [this.#length, ...node.shape]);
    const place = this.values.push(node) - 1;
    return () => everyStep(this.#made(), this.#closed[place] as Node);
  }

  #made(): Node<"scan"> {
    return this.#loop as Node<"scan">;
  }
}

/** What a matrix is the transpose of, if it is written as one. */
function originalOf(matrix: Node): Node | undefined {
  return isOp(matrix, "permute") && matrix.attributes.order[0] === 1 ? matrix.inputs[0] : undefined;
}

function transposed(matrix: Node): Node {
  return originalOf(matrix) ?? permute(matrix, [1, 0]);
}
