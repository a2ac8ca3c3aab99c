import { describe } from "../core/describe.ts";
import { GradusError } from "../core/errors.ts";
import { DATASET, type Dataset, datasetFromParts, partsOf } from "../data/dataset.ts";
import { isOp } from "../graph/node.ts";
import { FEATURE_NAMES } from "../nn/state.ts";
import { tensor } from "../tensor/create.ts";
import { Tensor } from "../tensor/tensor.ts";
import { makeError, type SentError, sentError } from "./errors.ts";
import { isSent, KIND, type Sent } from "./sent.ts";

type Branch = Readonly<Record<string, unknown>>;

/** What happens to what cannot cross: functions, and objects of unknown classes. */
type Refuse = (value: unknown, path: string) => unknown;

/** One end of a border between threads or processes, where only plain data and typed arrays pass. Data sets, tensors, models, errors and
 *  the feature names of a state are written as plain data here and made anew there. What occurs twice in a value stays one object, and a
 *  data set crosses once: later messages, in either direction, refer to it by its number, and each end knows it as its own object.
 *  Nothing is moved: the arrays of what is sent stay as they are. */
export class Crossing {
  readonly #numbers = new Map<Dataset, number>();
  readonly #datasets = new Map<number, Dataset>();
  #next: number;

  /** @param end so that the two ends never give the same number to two data sets. */
  constructor(end: 0 | 1) {
    this.#next = end;
  }

  /** A value for the other end.
   *  @param where for messages: `fit`.
   *  @throws GradusError `bad-argument` for what cannot cross, with its path. */
  send(where: string, value: unknown): unknown {
    return this.#write(value, "", new Map(), (part, path) => {
      const what = typeof part === "function" ? "a function" : describe(part);
      throw new GradusError(
        "bad-argument",
        `${where}: ${path === "" ? "the value" : path.replace(/^options\./, "")} is ${what}, which cannot cross to another thread. Give plain data, such as { type: "adam" }.`,
        { where, path },
      );
    });
  }

  /** The same for errors and what they carry: in the place of what cannot cross stands a description. */
  sendLoosely(value: unknown): unknown {
    return this.#write(value, "", new Map(), (part) => describe(part));
  }

  /** What the other end sent. */
  receive(value: unknown): unknown {
    return this.#read(value, new Map());
  }

  #write(value: unknown, path: string, seen: Map<object, unknown>, refuse: Refuse): unknown {
    if (typeof value === "function" || typeof value === "symbol") return refuse(value, path);
    if (typeof value !== "object" || value === null) return value;
    if (seen.has(value)) return seen.get(value);
    const keep = <T>(written: T): T => {
      seen.set(value, written);
      return written;
    };
    const write = (part: unknown, name: string | number) =>
      this.#write(part, path === "" ? String(name) : `${path}.${name}`, seen, refuse);
    if (ArrayBuffer.isView(value)) return keep(ownElements(value));
    if (Array.isArray(value)) {
      if (value.every(isPrimitive)) return value;
      const written: unknown[] = keep([]);
      for (const [index, part] of value.entries()) written[index] = write(part, index);
      return written;
    }
    if (DATASET.accepts(value)) return keep(this.#writeDataset(value as Dataset));
    if (value instanceof Tensor) return keep(writeTensor(value) ?? refuse(value, path));
    if (value instanceof Error) {
      const written: Record<string, unknown> = keep({ [KIND]: "error" });
      for (const [name, part] of Object.entries(sentError(value))) written[name] = write(part, name);
      return written;
    }
    if (!isPlain(value)) return keep(isCloned(value) ? value : refuse(value, path));
    const branch = value as Branch & { readonly [FEATURE_NAMES]?: readonly string[] };
    // a model: its configuration says all
    if (typeof branch.toJSON === "function") return keep(write(branch.toJSON(), "config"));
    const written: Record<string, unknown> = keep({});
    for (const [name, part] of Object.entries(branch)) assign(written, name, write(part, name));
    const names = branch[FEATURE_NAMES];
    return names === undefined ? written : keep({ [KIND]: "named", names, value: written });
  }

  #writeDataset(dataset: Dataset): Sent {
    const known = this.#numbers.get(dataset);
    if (known !== undefined) return { [KIND]: "dataset", number: known };
    const number = this.#next;
    this.#next += 2;
    this.#know(number, dataset);
    const { storage, ...parts } = partsOf(dataset);
    const own = { inputs: ownElements(storage.inputs), targets: ownElements(storage.targets) };
    return { [KIND]: "dataset", number, parts: { ...parts, storage: own } };
  }

  #know(number: number, dataset: Dataset): Dataset {
    this.#numbers.set(dataset, number);
    this.#datasets.set(number, dataset);
    return dataset;
  }

  #read(value: unknown, seen: Map<object, unknown>): unknown {
    if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return value;
    if (seen.has(value)) return seen.get(value);
    const keep = <T>(read: T): T => {
      seen.set(value, read);
      return read;
    };
    if (Array.isArray(value)) {
      if (value.every(isPrimitive)) return value;
      const list: unknown[] = keep([]);
      for (const [index, part] of value.entries()) list[index] = this.#read(part, seen);
      return list;
    }
    if (!isPlain(value)) return value;
    if (isSent(value)) return this.#make(value, seen, keep);
    const branch: Record<string, unknown> = keep({});
    for (const [name, part] of Object.entries(value)) assign(branch, name, this.#read(part, seen));
    return branch;
  }

  #make(sent: Sent, seen: Map<object, unknown>, keep: <T>(read: T) => T): unknown {
    switch (sent[KIND]) {
      case "dataset":
        return keep(this.#datasets.get(sent.number) ?? this.#know(sent.number, datasetFromParts(partsIn(sent))));
      case "tensor":
        return keep(tensor(sent.array));
      case "named":
        return keep({ ...(this.#read(sent.value, seen) as object), [FEATURE_NAMES]: sent.names });
      case "error":
        return makeError(sent, keep, (part) => this.#read(part, seen));
    }
  }
}

/** An error as plain data, for workers of one's own: `postMessage(encodeError(error))`. Its code, values (weights, layer, step), stack and
 *  causes go with it. */
export function encodeError(error: unknown): SentError {
  return new Crossing(0).sendLoosely(error instanceof Error ? error : new Error(String(error))) as SentError;
}

/** The error that `encodeError` wrote: a GradusError, or one of the language's classes. */
export function decodeError(sent: SentError): Error {
  return new Crossing(1).receive(sent) as Error;
}

function partsIn({ number, parts }: Extract<Sent, { readonly [KIND]: "dataset" }>) {
  if (parts === undefined) throw new GradusError("bad-argument", `data set ${number} was never sent.`, { number });
  return parts;
}

function isPrimitive(value: unknown): boolean {
  return (typeof value !== "object" || value === null) && typeof value !== "function" && typeof value !== "symbol";
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** Objects that every host copies by itself. */
function isCloned(value: object): boolean {
  const classes = [
    ArrayBuffer,
    Map,
    Set,
    Date,
    RegExp,
    ...("SharedArrayBuffer" in globalThis ? [SharedArrayBuffer] : []),
  ];
  return classes.some((each) => value instanceof each);
}

/** A copy of a view takes the whole buffer behind it along: a part of one is cut out first. Shared memory is shared, not copied. */
function ownElements<T extends ArrayBufferView>(view: T): T {
  const isWhole = view.byteLength === view.buffer.byteLength;
  if (isWhole || !(view.buffer instanceof ArrayBuffer) || !("slice" in view)) return view;
  return (view as unknown as Float32Array).slice() as unknown as T;
}

/** A tensor whose values are known; undefined for one that has yet to be computed. */
function writeTensor({ node }: Tensor): Sent | undefined {
  return isOp(node, "literal") ? { [KIND]: "tensor", array: node.attributes } : undefined;
}

/** Sets a field by its name, whatever the name. */
function assign(into: Record<string, unknown>, name: string, value: unknown): void {
  // assigning this key would change the prototype
  if (name === "__proto__") Object.defineProperty(into, name, { value, enumerable: true, writable: true });
  else into[name] = value;
}
