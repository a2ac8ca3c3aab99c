import type { FunctionBuilder } from "../../codegen/builder.ts";
import type { Index, Register } from "../../codegen/program.ts";
import { fillInputTile } from "./conv-input.ts";
import type { ConvGeometry, InputTile } from "./conv-plan.ts";
import type { TileBlock } from "./winograd-plan.ts";
import { TILE_OUTPUTS, TRANSFORMED, transformInput } from "./winograd-transform.ts";

/** Up to this many vectors of channels are written out without a loop. */
const MOST_UNROLLED = 2;

/** Writes B^T d B for rows of tiles of an image, plane by plane, (tiles, C) each: all channels, or a range of them. */
export class InputTransform {
  readonly #b: FunctionBuilder;
  readonly #geometry: ConvGeometry;
  readonly #input: InputTile;
  readonly #block: TileBlock;
  readonly #planeBytes: number;
  readonly #channels: number;

  /** @param planeBytes from one plane to the next.
   *  @param channels the number of channels that are transformed. */
  constructor(
    b: FunctionBuilder,
    geometry: ConvGeometry,
    input: InputTile,
    block: TileBlock,
    planeBytes: number,
    channels: number,
  ) {
    this.#b = b;
    this.#geometry = geometry;
    this.#input = input;
    this.#block = block;
    this.#planeBytes = planeBytes;
    this.#channels = channels;
  }

  /** @param image address of the image
   *  @param tileRow the first row of tiles
   *  @param tile address of the padded input
   *  @param target address of the first tile in the first plane
   *  @param channel the first of the channels */
  rows(image: Index, tileRow: Index, tileRows: Index, tile: Index, target: Index, channel: Index = 0): void {
    const b = this.#b;
    const { channels } = this.#geometry;
    const { pitch } = this.#input;
    fillInputTile(b, this.#geometry, this.#input, image, b.indexMul(tileRow, TILE_OUTPUTS), tile);
    const line = b.indexVariable(b.indexAdd(tile, b.indexMul(channel, 4)));
    const to = b.indexVariable(target);
    b.loop(0, tileRows, 1, () => {
      const from = b.indexVariable(line);
      b.loop(0, this.#block.tileColumns, 1, () => {
        this.#tile(from, to);
        b.indexAddInto(from, TILE_OUTPUTS * channels * 4);
        b.indexAddInto(to, this.#channels * 4);
      });
      b.indexAddInto(line, TILE_OUTPUTS * pitch * 4);
    });
  }

  #tile(source: Register, target: Register): void {
    const b = this.#b;
    const channels = this.#channels;
    const { lanes } = b.target;
    const whole = Math.floor(channels / lanes);
    const rest = channels - whole * lanes;
    if (whole <= MOST_UNROLLED) {
      for (let v = 0; v < whole; v++) this.#vector(source, target, v * lanes * 4, lanes);
      if (rest > 0) this.#vector(source, target, whole * lanes * 4, rest);
      return;
    }
    const [from, to] = [b.indexVariable(source), b.indexVariable(target)];
    b.loop(0, whole, 1, () => {
      this.#vector(from, to, 0, lanes);
      b.indexAddInto(from, lanes * 4);
      b.indexAddInto(to, lanes * 4);
    });
    if (rest > 0) this.#vector(from, to, 0, rest);
  }

  #vector(source: Register, target: Register, offset: number, lanes: number): void {
    const b = this.#b;
    const { channels } = this.#geometry;
    const { pitch } = this.#input;
    transformInput(
      b,
      (row, column) => b.load(source, offset + (row * pitch + column * channels) * 4),
      (row, column, value) => b.store(value, target, offset + (row * TRANSFORMED + column) * this.#planeBytes, lanes),
    );
  }
}
