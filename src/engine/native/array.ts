import { paddedBytes } from "../../compiler/memory.ts";
import type { DType, HostArray } from "../../core/dtype.ts";
import { GradusError } from "../../core/errors.ts";
import { requireMatching } from "../../core/host-array.ts";
import { allocated } from "../../core/memory.ts";
import { type Shape, sizeOf } from "../../core/shape.ts";
import { flushSubnormals } from "../../core/subnormal.ts";
import type { SyncDeviceArray } from "../../runtime/backend.ts";
import type { NativeHeap } from "../../runtime/native/heap.ts";

/** Frees native memory of what nobody holds any more. */
export const abandoned = new FinalizationRegistry<() => void>((free) => free());

/** An array's elements where they lie; uint32 is seen as int32. */
export type NativeView = Float32Array | Int32Array;

export function viewOf(
  heap: NativeHeap,
  address: number,
  { shape, dtype }: Pick<HostArray, "shape" | "dtype">,
): NativeView {
  const length = sizeOf(shape);
  return dtype === "float32" ? heap.floats(address, length) : heap.ints(address, length);
}

/** A copy of the elements, of the type that the array has. */
export function copyOut(view: NativeView, { shape, dtype }: Pick<HostArray, "shape" | "dtype">): HostArray {
  const data = allocated("native, copy", view.byteLength, () =>
    dtype === "uint32" ? new Uint32Array(view) : view.slice(),
  );
  return { shape, dtype, data } as HostArray;
}

/** An array in native memory: zeros at first. */
export class NativeArray implements SyncDeviceArray {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly #heap: NativeHeap;
  readonly #address: number;
  #view: NativeView | undefined;

  constructor(heap: NativeHeap, shape: Shape, dtype: DType) {
    this.#heap = heap;
    this.shape = shape;
    this.dtype = dtype;
    const bytes = paddedBytes(this);
    const address = heap.allocate(bytes);
    this.#address = address;
    this.#view = viewOf(heap, address, this);
    abandoned.register(this, () => heap.free(address, bytes), this);
  }

  get address(): number {
    this.requireLive();
    return this.#address;
  }

  /** @throws GradusError `disposed` if the memory was given back. */
  requireLive(): NativeView {
    if (this.#view === undefined) throw new GradusError("disposed", "this array was disposed; its values are gone.");
    return this.#view;
  }

  async read(): Promise<HostArray> {
    return this.readNow();
  }

  readNow(): HostArray {
    return copyOut(this.requireLive(), this);
  }

  write(value: HostArray): void {
    const view = this.requireLive();
    requireMatching("write", value, this);
    view.set(value.data);
    if (view instanceof Float32Array) flushSubnormals(view);
  }

  dispose(): void {
    if (this.#view === undefined) return;
    this.#view = undefined;
    abandoned.unregister(this);
    this.#heap.free(this.#address, paddedBytes(this));
  }
}
