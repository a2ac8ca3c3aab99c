import type { DType, HostArray } from "../../core/dtype.ts";
import { allocated } from "../../core/memory.ts";
import { type Shape, sizeOf } from "../../core/shape.ts";
import type { VectorDevice } from "../../runtime/vector-device.ts";

/** The values of an array in a device's memory. uint32 is seen as int32. */
export class Elements {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly address: number;
  readonly #device: Pick<VectorDevice, "name" | "heap">;
  readonly #length: number;
  #view: Float32Array | Int32Array;

  constructor(
    device: Pick<VectorDevice, "name" | "heap">,
    address: number,
    { shape, dtype }: Pick<HostArray, "shape" | "dtype">,
  ) {
    this.#device = device;
    this.address = address;
    this.shape = shape;
    this.dtype = dtype;
    this.#length = sizeOf(shape);
    this.#view = this.#look();
  }

  /** The values where they lie: valid until the device allocates. */
  get view(): Float32Array | Int32Array {
    // a WebAssembly memory that grows detaches its views
    if (this.#view.length !== this.#length) this.#view = this.#look();
    return this.#view;
  }

  /** A copy that the caller owns. */
  copy(): HostArray {
    const { shape, dtype, view } = this;
    const data = allocated(`${this.#device.name}, copy`, view.byteLength, () =>
      dtype === "uint32" ? new Uint32Array(view) : view.slice(),
    );
    return { shape, dtype, data } as HostArray;
  }

  #look(): Float32Array | Int32Array {
    const { heap } = this.#device;
    return this.dtype === "float32" ? heap.floats(this.address, this.#length) : heap.ints(this.address, this.#length);
  }
}
