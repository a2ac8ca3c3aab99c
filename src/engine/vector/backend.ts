import type { CompileOptions } from "../../lowering/vector/pipeline.ts";
import type { SyncBackend } from "../../runtime/backend.ts";
import { guardBackend } from "../../runtime/guard.ts";
import type { VectorDevice } from "../../runtime/vector-device.ts";
import { VectorArray } from "./array.ts";
import { VectorExecutable } from "./executable.ts";

interface VectorOptions extends CompileOptions {
  /** Why there is one thread where several were asked for, for the description. */
  readonly whyOneThread?: string | undefined;
}

/** A backend that runs graphs as vector programs on a device.
 *  @param code what the device runs, for the description: "machine code, AVX2, 256-bit vectors". */
export function createVectorBackend(
  device: VectorDevice,
  code: string,
  { whyOneThread, ...options }: VectorOptions,
): SyncBackend {
  const { name, threads } = device;
  return guardBackend({
    name,
    threads,
    description: `${code}, ${threads} ${threads === 1 ? "thread" : "threads"}${whyOneThread ? ` (${whyOneThread})` : ""}`,
    allocate: (shape, dtype) => new VectorArray(device, shape, dtype),
    compileNow: (graph, states) => new VectorExecutable(device, graph, states as readonly VectorArray[], options),
    dispose: () => device.dispose(),
  });
}
