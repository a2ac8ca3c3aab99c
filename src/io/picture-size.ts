/** Height and width, according to an image's header. */
export interface PictureSize {
  readonly height: number;
  readonly width: number;
  /** Whether a file of this size can hold them, however well it is compressed. */
  readonly isPossible: boolean;
}

/** Largest compression ratio of deflate: 258 bytes for two bits. */
const LARGEST_RATIO = 1032;
/** Limit of JPEG: one bit for a block of 8 x 8 in a plane subsampled by four on each axis. */
const PIXELS_PER_BYTE = 8 * 64 * 16;
/** By PNG's colour types: grey, RGB, palette, grey with alpha, RGB with alpha. */
const PNG_CHANNELS: ReadonlyMap<number, number> = new Map([
  [0, 1],
  [2, 3],
  [3, 1],
  [4, 2],
  [6, 4],
]);

const PNG_SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

/** The size of a PNG or JPEG file from its header only, which is cheap; undefined for anything else, or if the header is truncated.
 *  Source: W3C, "PNG specification", 2003, section 11.2.2; ITU-T T.81 (JPEG), 1992, section B.2.2. */
export function pictureSize(bytes: Uint8Array): PictureSize | undefined {
  if (PNG_SIGNATURE.every((byte, at) => bytes[at] === byte)) return pngSize(bytes);
  return bytes[0] === 0xff && bytes[1] === 0xd8 ? jpegSize(bytes) : undefined;
}

/** The first chunk is the header: length (4), "IHDR" (4), width (4), height (4), bits per channel (1), colour type (1). */
function pngSize(bytes: Uint8Array): PictureSize | undefined {
  if (bytes.length < 26) return undefined;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const [width, height] = [view.getUint32(16), view.getUint32(20)];
  const bits = view.getUint8(24) * (PNG_CHANNELS.get(view.getUint8(25)) ?? 1);
  return { width, height, isPossible: height * Math.ceil((width * bits) / 8) <= LARGEST_RATIO * bytes.length };
}

/** Segments: ff, marker, length (2, including itself). The frame header: length (2), bits (1), height (2), width (2). */
function jpegSize(bytes: Uint8Array): PictureSize | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = 2;
  while (at + 9 <= bytes.length) {
    const marker = bytes[at + 1] as number;
    // a marker may have more than one ff before it
    if (bytes[at] !== 0xff) return undefined;
    if (marker === 0xff) {
      at++;
      continue;
    }
    if (isFrameHeader(marker)) {
      const [height, width] = [view.getUint16(at + 5), view.getUint16(at + 7)];
      return { height, width, isPossible: height * width <= PIXELS_PER_BYTE * bytes.length };
    }
    // TEM and the restart markers have no length
    at += marker === 0x01 || (marker >= 0xd0 && marker <= 0xd7) ? 2 : 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** SOF0 to SOF15, except the three other markers in that range: DHT, JPG, DAC. */
function isFrameHeader(marker: number): boolean {
  return marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
}
