import type { DType, HostArray } from "../../src/core/dtype.ts";
import { GradusError } from "../../src/core/errors.ts";
import type { Backend } from "../../src/runtime/backend.ts";
import { Tensor } from "../../src/tensor/tensor.ts";
import { type Case, difference, inputNode, randomCase, runOn } from "./cases.ts";

// What every backend promises, whatever it runs on. The suite needs no test runner and no host, so that it runs in a page too.

/** One promise. */
export interface Promised {
  readonly name: string;
  /** @throws Error if the backend breaks it. */
  check(backend: Backend, reference: Backend): Promise<void>;
}

/** Float32 against float64 over chains of some ten operations. */
const TOLERANCE = 2e-4;

function require(condition: boolean, what: string): asserts condition {
  if (!condition) throw new Error(what);
}

async function refuses(code: string, attempt: () => unknown): Promise<void> {
  let error: unknown;
  try {
    await attempt();
  } catch (thrown) {
    error = thrown;
  }
  require(error instanceof GradusError && error.code === code, `expected the error ${code}, got ${String(error)}`);
}

function requireEqual(
  wanted: readonly HostArray[],
  got: readonly HostArray[],
  tolerance: number,
  { graph }: Case,
): void {
  const fault = difference(wanted, got, tolerance, graph);
  require(fault === undefined, fault ?? "");
}

const values = (dtype: DType, data: readonly number[]): HostArray => {
  const typed = dtype === "float32" ? Float32Array : dtype === "uint32" ? Uint32Array : Int32Array;
  return { shape: [data.length], dtype, data: typed.from(data) };
};

/** s <- s + x, and 2 s as output. */
function accumulator() {
  const input = inputNode("x", [5]);
  const state = inputNode("s", [5]);
  const next = new Tensor(state).add(new Tensor(input)).node;
  return { inputs: [input], states: [{ input: state, next }], outputs: [new Tensor(next).mul(2).node] };
}

export const CONTRACT: readonly Promised[] = [
  {
    name: "arrays begin as zeros, and hold what is written, of every type",
    async check(backend) {
      for (const dtype of ["float32", "int32", "uint32", "bool"] as const) {
        const array = backend.allocate([4], dtype);
        require((await array.read()).data.every((value) => value === 0), `${dtype} does not begin as zeros`);
        array.write(values(dtype, [1, 0, 1, 1]));
        const { data, shape, dtype: read } = await array.read();
        require(`${[...data]}` === "1,0,1,1" && `${shape}` === "4" && read === dtype, `${dtype}: read ${[...data]}`);
        array.dispose();
      }
    },
  },
  {
    name: "values of another shape or type are refused, and what was disposed is not used",
    async check(backend) {
      const array = backend.allocate([4], "float32");
      await refuses("shape-mismatch", () => array.write(values("float32", [1, 2])));
      array.dispose();
      await refuses("disposed", () => array.read());
      await refuses("bad-argument", () => backend.allocate([-1], "float32"));
      await refuses("bad-argument", () => backend.compile(accumulator(), []));
    },
  },
  {
    name: "random graphs equal the reference interpreter, twice with the same bits",
    async check(backend, reference) {
      for (let seed = 0; seed < 24; seed++) {
        const example = randomCase(seed, seed % 2 === 0 ? 8 : 24);
        const once = await runOn(backend, example);
        requireEqual(await runOn(reference, example), once, TOLERANCE, example);
        requireEqual(once, await runOn(backend, example), 0, example);
      }
    },
  },
  {
    name: "a state is updated in place from run to run, and outputs belong to the caller",
    async check(backend) {
      const state = backend.allocate([5], "float32");
      state.write(values("float32", [1, 2, 3, 4, 5]));
      const executable = await backend.compile(accumulator(), [state]);
      const x = values("float32", [10, 10, 10, 10, 10]);
      const [first] = await executable.run([x]);
      const [second] = await executable.run([x]);
      require(`${[...(first?.data ?? [])]}` === "22,24,26,28,30", `the first output: ${first?.data}`);
      require(`${[...(second?.data ?? [])]}` === "42,44,46,48,50", `the second output: ${second?.data}`);
      require(`${[...(await state.read()).data]}` === "21,22,23,24,25", "the state");
      await refuses("shape-mismatch", () => executable.run([values("float32", [1])]));
      require(executable.describe().length > 0, "a program can be described");
      executable.dispose();
      await refuses("disposed", () => executable.run([x]));
      state.dispose();
    },
  },
];

/** Holds a backend to all of it. Returns what it breaks. */
export async function brokenPromises(backend: Backend, reference: Backend): Promise<readonly string[]> {
  const broken: string[] = [];
  for (const { name, check } of CONTRACT) {
    try {
      await check(backend, reference);
    } catch (error) {
      broken.push(`${name}: ${(error as Error).message}`);
    }
  }
  return broken;
}
