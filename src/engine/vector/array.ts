import { paddedBytes } from "../../compiler/memory.ts";
import type { DType, HostArray } from "../../core/dtype.ts";
import { GradusError } from "../../core/errors.ts";
import { requireMatching } from "../../core/host-array.ts";
import type { Shape } from "../../core/shape.ts";
import { flushSubnormals } from "../../core/subnormal.ts";
import type { SyncDeviceArray } from "../../runtime/backend.ts";
import type { VectorDevice } from "../../runtime/vector-device.ts";
import { Elements } from "./elements.ts";

/** Frees the device memory of objects that were garbage-collected. */
export const abandoned = new FinalizationRegistry<() => void>((free) => free());

/** An array in a device's memory, zeros at first. */
export class VectorArray implements SyncDeviceArray {
  readonly shape: Shape;
  readonly dtype: DType;
  /** with room for a full vector to be read past the last element */
  readonly bytes: number;
  readonly #heap: VectorDevice["heap"];
  #elements: Elements | undefined;

  constructor(device: VectorDevice, shape: Shape, dtype: DType) {
    const { heap } = device;
    this.#heap = heap;
    this.shape = shape;
    this.dtype = dtype;
    const bytes = paddedBytes(this);
    this.bytes = bytes;
    const address = heap.allocate(bytes);
    this.#elements = new Elements(device, address, this);
    abandoned.register(this, () => heap.free(address, bytes), this);
  }

  /** @throws GradusError `disposed` if the memory was given back. */
  get address(): number {
    return this.requireLive().address;
  }

  /** @throws GradusError `disposed` if the memory was given back. */
  requireLive(): Elements {
    if (this.#elements === undefined)
      throw new GradusError("disposed", "this array was disposed; its values are gone.");
    return this.#elements;
  }

  async read(): Promise<HostArray> {
    return this.readNow();
  }

  readNow(): HostArray {
    return this.requireLive().copy();
  }

  write(value: HostArray): void {
    const elements = this.requireLive();
    requireMatching("write", value, this);
    const { view } = elements;
    view.set(value.data);
    if (view instanceof Float32Array) flushSubnormals(view);
  }

  dispose(): void {
    if (this.#elements === undefined) return;
    const { address } = this.#elements;
    this.#elements = undefined;
    abandoned.unregister(this);
    this.#heap.free(address, this.bytes);
  }
}
