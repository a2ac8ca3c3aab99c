import { printProgram } from "../../codegen/print.ts";
import type { VectorProgram } from "../../codegen/program.ts";
import type { Location } from "../../compiler/location.ts";
import type { HostArray } from "../../core/dtype.ts";
import { environment } from "../../core/host.ts";
import type { Graph, Node } from "../../graph/node.ts";
import { type CompileOptions, compileGraph } from "../../lowering/vector/pipeline.ts";
import type { KernelTime, SyncExecutable } from "../../runtime/backend.ts";
import type { LoadedProgram, VectorDevice } from "../../runtime/vector-device.ts";
import { abandoned, type VectorArray } from "./array.ts";
import { Elements } from "./elements.ts";
import { loadProven } from "./load.ts";
import { addressOf, placeProgram, regionsOf } from "./place.ts";

/** One block for a program's own arrays: the arena, then the threads' working memory. */
interface Workspace {
  readonly address: number;
  readonly bytes: number;
}

/** Frees what a program used. Made outside of its class: a closure in there would hold the program itself, which would then never be
 *  collected. */
function releaseOf({ heap }: VectorDevice, loaded: LoadedProgram, { address, bytes }: Workspace): () => void {
  return () => {
    loaded.unload();
    heap.free(address, bytes);
  };
}

/** Does the environment variable DEBUG name Gradus? */
function wantsListing(): boolean {
  const debug = environment("DEBUG");
  return debug?.split(/[\s,]+/).some((name) => name === "*" || /^gradus(:|$)/.test(name)) === true;
}

/** A graph as a vector program on a device. */
export class VectorExecutable implements SyncExecutable {
  readonly #device: VectorDevice;
  readonly #workspace: Workspace;
  readonly #program: VectorProgram;
  readonly #loaded: LoadedProgram;
  // held so that the arrays live as long as the code that has their addresses
  readonly #states: readonly VectorArray[];
  /** undefined if the program does not read the input */
  readonly #inputs: readonly (Elements | undefined)[];
  readonly #outputs: readonly Elements[];

  /** @throws GradusError `out-of-plan` if the program cannot be proven to stay inside its arrays; `out-of-memory`. */
  constructor(device: VectorDevice, graph: Graph, states: readonly VectorArray[], options: CompileOptions) {
    this.#device = device;
    this.#states = states;
    const { heap, target, threads } = device;
    const compiled = compileGraph(graph, target, threads, options);
    const bytes = compiled.arenaBytes + compiled.scratchBytes * threads;
    const workspace = { address: heap.allocate(bytes), bytes };
    this.#workspace = workspace;
    const place = { arena: workspace.address, scratch: workspace.address + compiled.arenaBytes, states };
    try {
      this.#program = placeProgram(compiled, target.lanes, place);
      this.#loaded = loadProven(device, this.#program, regionsOf(compiled, threads, place));
    } catch (error) {
      heap.free(workspace.address, bytes);
      throw error;
    }
    if (wantsListing()) console.error(`${this.describe()}\n${this.#loaded.listing?.() ?? ""}`);
    const elements = (node: Node, location: Location) => new Elements(device, addressOf(location, place), node);
    for (const { node, location } of compiled.literals) elements(node, location).view.set(node.attributes.data);
    this.#inputs = graph.inputs.map((node, index) => {
      const location = compiled.inputs[index];
      return location && elements(node, location);
    });
    this.#outputs = graph.outputs.map((node, index) => elements(node, compiled.outputs[index] as Location));
    abandoned.register(this, releaseOf(device, this.#loaded, workspace), this);
  }

  run(inputs: readonly HostArray[]): readonly HostArray[] {
    this.#requireLive();
    for (let index = 0; index < inputs.length; index++) {
      this.#inputs[index]?.view.set((inputs[index] as HostArray).data);
    }
    this.#loaded.run();
    return this.#outputs.map((output) => output.copy());
  }

  describe(): string {
    return printProgram(this.#program);
  }

  profile(): readonly KernelTime[] {
    this.#requireLive();
    return this.#program.calls.map(({ label }, call) => {
      const start = performance.now();
      this.#loaded.runSingle(call);
      return { label, milliseconds: performance.now() - start };
    });
  }

  dispose(): void {
    abandoned.unregister(this);
    releaseOf(this.#device, this.#loaded, this.#workspace)();
  }

  /** The program holds the addresses of its states; after dispose these may be another array's. */
  #requireLive(): void {
    for (const state of this.#states) state.requireLive();
  }
}
