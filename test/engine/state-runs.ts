import type { HostArray } from "../../src/core/dtype.ts";
import type { Graph } from "../../src/graph/node.ts";
import type { Backend } from "../../src/runtime/backend.ts";

/** Outputs and states of so many runs, one after the other on the same states.
 *  @param first the states' values before the first run
 *  @param fed the inputs of every run */
export async function runsOf(
  backend: Backend,
  { graph, first }: { readonly graph: Graph; readonly first: readonly HostArray[] },
  fed: readonly HostArray[],
  turns: number,
): Promise<HostArray[]> {
  const states = first.map((value) => {
    const array = backend.allocate(value.shape, value.dtype);
    array.write(value);
    return array;
  });
  const executable = await backend.compile(graph, states);
  const seen: HostArray[] = [];
  for (let turn = 0; turn < turns; turn++)
    seen.push(...(await executable.run(fed)), ...(await Promise.all(states.map((state) => state.read()))));
  executable.dispose();
  for (const state of states) state.dispose();
  return seen;
}
