export type Rgb = readonly [red: number, green: number, blue: number];

const known = new Map<string, Rgb>();
let probe: CanvasRenderingContext2D | undefined;

/** A CSS colour as numbers, 0 to 255. */
export function rgbOf(colour: string): Rgb {
  const found = known.get(colour);
  if (found !== undefined) return found;
  probe ??= document.createElement("canvas").getContext("2d", { willReadFrequently: true }) ?? undefined;
  if (probe === undefined) return [128, 128, 128];
  probe.fillStyle = colour;
  probe.fillRect(0, 0, 1, 1);
  const [red = 0, green = 0, blue = 0] = probe.getImageData(0, 0, 1, 1).data;
  const rgb: Rgb = [red, green, blue];
  known.set(colour, rgb);
  return rgb;
}

/** Between two colours. @param share 0: the first, 1: the second. */
export function mix(first: Rgb, second: Rgb, share: number): Rgb {
  const between = (a: number, b: number) => Math.round(a + (b - a) * share);
  return [between(first[0], second[0]), between(first[1], second[1]), between(first[2], second[2])];
}

/** From small to large: lightness rises steadily, so that the order is seen without colours too.
 *  Source: viridis, van der Walt & Smith, 2015. */
const HEAT: readonly Rgb[] = [
  [68, 1, 84],
  [70, 50, 126],
  [54, 92, 141],
  [39, 127, 142],
  [31, 161, 135],
  [74, 193, 109],
  [160, 218, 57],
  [253, 231, 37],
];

/** A colour of the heat map. @param share 0: the smallest, 1: the largest; others stop at the ends. */
export function heatColour(share: number): Rgb {
  const place = Math.max(0, Math.min(1, share)) * (HEAT.length - 1);
  const index = Math.min(HEAT.length - 2, Math.floor(place));
  return mix(HEAT[index] as Rgb, HEAT[index + 1] as Rgb, place - index);
}
