import { type Region, verifyBounds } from "../../codegen/bounds.ts";
import { printProgram } from "../../codegen/print.ts";
import type { KernelCall, VectorProgram } from "../../codegen/program.ts";
import { verifyProgram } from "../../codegen/verify.ts";
import { emitX64Module } from "../../codegen/x64/module.ts";
import { type Location, paddedBytes } from "../../compiler/memory.ts";
import { type CompiledProgram, type CompileOptions, compileGraph } from "../../compiler/pipeline.ts";
import type { HostArray } from "../../core/dtype.ts";
import { environment } from "../../core/host.ts";
import type { Graph, Node } from "../../graph/node.ts";
import type { KernelTime, SyncExecutable } from "../../runtime/backend.ts";
import type { NativeDevice, NativeProgram } from "../../runtime/native/device.ts";
import { abandoned, copyOut, type NativeArray, type NativeView, viewOf } from "./array.ts";

/** One block for a program's own arrays: the arena, then the threads' working memory. */
interface Workspace {
  readonly address: number;
  readonly arenaBytes: number;
  readonly bytes: number;
}

/** What is left to do for a program that is gone. Made outside of its class: a closure in there would hold the program itself, which then
 *  would never be gone. */
function releaseOf({ heap }: NativeDevice, loaded: NativeProgram, { address, bytes }: Workspace): () => void {
  return () => {
    loaded.unload();
    heap.free(address, bytes);
  };
}

function addressOf(location: Location, workspace: Workspace, states: readonly NativeArray[]): number {
  return location.space === "arena"
    ? workspace.address + location.offset
    : (states[location.index] as NativeArray).address + location.offset;
}

/** Everything that the program may touch. */
function regionsOf({ address, arenaBytes, bytes }: Workspace, states: readonly NativeArray[]): readonly Region[] {
  const regions = [
    { start: address, bytes: arenaBytes, name: "the arena" },
    { start: address + arenaBytes, bytes: bytes - arenaBytes, name: "the threads' working memory" },
    ...[...new Set(states)].map((state, index) => ({
      start: state.address,
      bytes: paddedBytes(state),
      name: `state ${index}`,
    })),
  ];
  return regions.filter((region) => region.bytes > 0).sort((a, b) => a.start - b.start);
}

function callsOf(
  program: CompiledProgram,
  workspace: Workspace,
  states: readonly NativeArray[],
): readonly KernelCall[] {
  const scratch = workspace.address + workspace.arenaBytes;
  return program.calls.map(({ locations, needsScratch, function: index, items, grain, barrierBefore, label }) => ({
    function: index,
    addresses: [
      ...locations.map((location) => addressOf(location, workspace, states)),
      ...(needsScratch ? [scratch, program.scratchBytes] : []),
    ],
    items,
    grain,
    barrierBefore,
    label,
  }));
}

/** Does the environment variable DEBUG name us? */
function wantsListing(): boolean {
  const debug = environment("DEBUG");
  return debug?.split(/[\s,]+/).some((name) => name === "*" || /^gradus(:|$)/.test(name)) === true;
}

/** A graph as machine code. */
export class NativeExecutable implements SyncExecutable {
  readonly #device: NativeDevice;
  readonly #workspace: Workspace;
  readonly #listing: VectorProgram;
  readonly #loaded: NativeProgram;
  // held, so that the arrays live as long as code that has their addresses
  readonly #states: readonly NativeArray[];
  /** undefined where the program does not read the input */
  readonly #inputs: readonly (NativeView | undefined)[];
  readonly #outputs: readonly { readonly node: Node; readonly view: NativeView }[];

  constructor(device: NativeDevice, graph: Graph, states: readonly NativeArray[], options: CompileOptions) {
    this.#device = device;
    this.#states = states;
    const { heap, target, threads } = device;
    const program = compileGraph(graph, target, threads, options);
    const bytes = program.arenaBytes + program.scratchBytes * threads;
    const workspace = { address: heap.allocate(bytes), arenaBytes: program.arenaBytes, bytes };
    this.#workspace = workspace;
    try {
      const calls = callsOf(program, workspace, states);
      this.#listing = { lanes: target.lanes, functions: program.functions, calls };
      // nothing that could leave the plan ever becomes machine code
      verifyProgram(this.#listing);
      verifyBounds(this.#listing, regionsOf(workspace, states), threads);
      const module = emitX64Module(program.functions, target);
      if (wantsListing()) console.error(`${this.describe()}\n${module.listing()}`);
      this.#loaded = device.load(module, calls);
    } catch (error) {
      heap.free(workspace.address, bytes);
      throw error;
    }
    const view = (node: Node, location: Location): NativeView =>
      viewOf(heap, addressOf(location, workspace, states), node);
    for (const { node, location } of program.literals) view(node, location).set(node.attributes.data);
    this.#inputs = graph.inputs.map((node, index) => {
      const location = program.inputs[index];
      return location && view(node, location);
    });
    this.#outputs = graph.outputs.map((node, index) => ({
      node,
      view: view(node, program.outputs[index] as Location),
    }));
    abandoned.register(this, releaseOf(device, this.#loaded, workspace), this);
  }

  run(inputs: readonly HostArray[]): readonly HostArray[] {
    this.#requireLive();
    for (let index = 0; index < inputs.length; index++) this.#inputs[index]?.set((inputs[index] as HostArray).data);
    this.#loaded.run();
    return this.#outputs.map(({ node, view }) => copyOut(view, node));
  }

  describe(): string {
    return printProgram(this.#listing);
  }

  profile(): readonly KernelTime[] {
    this.#requireLive();
    return this.#listing.calls.map(({ label }, call) => {
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
