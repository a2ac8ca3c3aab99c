import type { HostArray } from "../../src/core/dtype.ts";
import { copyElements } from "../../src/core/dtype.ts";
import type { Backend, DeviceArray, Executable } from "../../src/runtime/backend.ts";
import { guardBackend } from "../../src/runtime/guard.ts";
import { createReferenceBackend } from "../../src/runtime/reference/interpreter.ts";

/** A backend as a graphics card would be one: work is queued, in order, and every answer comes some turns later.
 *  Values are the reference's. */
export function createLaterBackend(): Backend & { readonly waits: number } {
  const reference = createReferenceBackend();
  let waits = 0;
  /** The queue: everything that was asked for so far. */
  let last: Promise<unknown> = Promise.resolve();
  const queue = <T>(work: () => T): Promise<T> => {
    waits++;
    const done = last.then(() => new Promise((resolve) => setImmediate(resolve))).then(work);
    last = done.catch(() => {});
    return done;
  };
  const copied = (array: HostArray): HostArray => ({ ...array, data: copyElements(array.data) });
  const inner = new WeakMap<DeviceArray, DeviceArray>();
  const guarded = guardBackend({
    name: reference.name,
    threads: 1,
    description: "the reference, whose answers come later",
    allocate(shape, dtype) {
      const array = reference.allocate(shape, dtype);
      let isDisposed = false;
      const outer: DeviceArray = {
        shape,
        dtype,
        read: () => queue(() => array.readNow()),
        write(value) {
          // what is refused is refused at once; what is accepted is copied at once
          if (isDisposed) array.write(value);
          const own = copied(value);
          queue(() => array.write(own)).catch(() => {});
        },
        dispose() {
          isDisposed = true;
          queue(() => array.dispose()).catch(() => {});
        },
      };
      inner.set(outer, array);
      return outer;
    },
    compile: (graph, states) =>
      queue((): Executable => {
        const executable = reference.compileNow(
          graph,
          states.map((state) => inner.get(state) as DeviceArray),
        );
        return {
          run(inputs) {
            const own = inputs.map(copied);
            return queue(() => executable.run(own));
          },
          describe: () => executable.describe(),
          dispose: () => {
            queue(() => executable.dispose()).catch(() => {});
          },
        };
      }),
    dispose: () => reference.dispose(),
  });
  return Object.defineProperty(guarded, "waits", { get: () => waits }) as typeof guarded & { readonly waits: number };
}
