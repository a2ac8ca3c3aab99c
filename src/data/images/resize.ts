/** An image as bytes. */
export interface DecodedImage {
  readonly height: number;
  readonly width: number;
  readonly channels: 1 | 3;
  /** (channels, height, width), 0 to 255. */
  readonly pixels: Uint8Array;
}

/** Weights of the source pixels of one target pixel on an axis, starting at `first`; they add up to 1. */
interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

/** An image resized to (height, width), axis by axis. If an axis shrinks, each pixel is the mean of the area that it covers. If it grows,
 *  each pixel is interpolated between its two neighbours (bilinear, pixel centres at i + 1/2, edges repeated).
 *  Sums use float64 and are rounded once. @returns planes (channels, height, width) */
export function resize({ pixels, channels, ...from }: DecodedImage, height: number, width: number): Uint8Array {
  if (from.height === height && from.width === width) return pixels;
  const columns = tapsOf(from.width, width);
  const rows = tapsOf(from.height, height);
  const wide = new Float64Array(channels * from.height * width);
  for (let row = 0; row < channels * from.height; row++) {
    columns.forEach(({ first, weights }, x) => {
      let sum = 0;
      for (let i = 0; i < weights.length; i++) {
        sum += (weights[i] as number) * (pixels[row * from.width + first + i] as number);
      }
      wide[row * width + x] = sum;
    });
  }
  const result = new Uint8Array(channels * height * width);
  for (let channel = 0; channel < channels; channel++) {
    rows.forEach(({ first, weights }, y) => {
      for (let x = 0; x < width; x++) {
        let sum = 0;
        for (let i = 0; i < weights.length; i++) {
          sum += (weights[i] as number) * (wide[(channel * from.height + first + i) * width + x] as number);
        }
        result[(channel * height + y) * width + x] = Math.round(sum);
      }
    });
  }
  return result;
}

function tapsOf(from: number, to: number): readonly Taps[] {
  return Array.from({ length: to }, (_, place) =>
    to < from ? areaTaps(from, to, place) : linearTaps(from, to, place),
  );
}

/** The source pixels from place * from / to to (place + 1) * from / to; the first and the last may be covered partly. */
function areaTaps(from: number, to: number, place: number): Taps {
  // in units of 1 / to, so that all numbers are whole
  const start = place * from;
  const end = start + from;
  const first = Math.floor(start / to);
  const last = Math.ceil(end / to);
  const covered = (i: number) => Math.min(end, (i + 1) * to) - Math.max(start, i * to);
  return { first, weights: Array.from({ length: last - first }, (_, i) => covered(first + i) / from) };
}

function linearTaps(from: number, to: number, place: number): Taps {
  const middle = Math.min(from - 1, Math.max(0, ((place + 0.5) * from) / to - 0.5));
  const first = Math.floor(middle);
  const share = middle - first;
  return share === 0 ? { first, weights: [1] } : { first, weights: [1 - share, share] };
}
