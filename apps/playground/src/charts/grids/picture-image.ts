import { mix, rgbOf } from "gradus-parts/base/colours.ts";
import { classColour, type Palette } from "gradus-parts/base/theme.ts";
import type { Filters, WrongPicture } from "../../lab/protocol.ts";

/** Pixels (channels, height, width) as an image; one channel is grey. */
export function pictureImage({ pixels, shape }: Pick<WrongPicture, "pixels" | "shape">): ImageData {
  const [channels = 1, height = 1, width = 1] = shape;
  const image = new ImageData(width, height);
  const size = width * height;
  for (let index = 0; index < size; index++) {
    for (let channel = 0; channel < 3; channel++)
      image.data[4 * index + channel] = pixels[Math.min(channel, channels - 1) * size + index] ?? 0;
    image.data[4 * index + 3] = 255;
  }
  return image;
}

/** The weight of greatest magnitude: both ends of the colours. */
export function largestWeight({ values }: Filters): number {
  let largest = 0;
  for (const value of values) if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  return largest;
}

/** One filter as an image: blue below 0, the page's surface at 0, orange above; the same colours for all filters. */
export function filterImage(filters: Filters, index: number, largest: number, colours: Palette): ImageData {
  const { values, width, height } = filters;
  const image = new ImageData(width, height);
  const [zero, above, below, broken] = [
    rgbOf(colours.surface),
    rgbOf(classColour(colours, 0)),
    rgbOf(classColour(colours, 1)),
    rgbOf(colours.bad),
  ];
  for (let place = 0; place < width * height; place++) {
    const value = values[index * width * height + place] ?? 0;
    const share = largest === 0 ? 0 : Math.min(1, Math.abs(value) / largest);
    const rgb = Number.isFinite(value) ? mix(zero, value < 0 ? below : above, share) : broken;
    image.data.set([...rgb, 255], 4 * place);
  }
  return image;
}
