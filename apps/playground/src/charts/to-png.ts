import { fontOf } from "gradus-parts/base/canvas.ts";
import { type Palette, palette } from "gradus-parts/base/theme.ts";
import { drawWithin } from "gradus-parts/base/use-drawing.ts";

/** In CSS pixels. */
const MARGIN = 16;
const TITLE = 24;
const LINE = 18;
/** Between two charts. */
const GAP = 20;

interface LegendItem {
  readonly name: string;
  readonly colour: string;
  readonly isDashed: boolean;
  readonly hasLine: boolean;
  readonly kind: string;
}

interface Picture {
  readonly name: string;
  readonly legend: readonly LegendItem[];
  readonly canvas: HTMLCanvasElement;
  readonly width: number;
  readonly height: number;
}

/** Charts as one PNG file, one below the other: names, legends, and the pictures at the screen's resolution, on the page's background.
 *  @param elements charts as they stand in the page, or elements that contain some.
 *  @throws Error if there is no chart among them, or the browser cannot encode. */
export async function toPng(elements: readonly Element[]): Promise<Blob> {
  for (const element of elements) drawWithin(element);
  const pictures = elements.flatMap((element) =>
    (element.matches(".chart") ? [element] : [...element.querySelectorAll(".chart")]).flatMap(picturesOf),
  );
  if (pictures.length === 0) throw new Error("toPng: there is no chart to draw");
  const ratio = devicePixelRatio;
  const width = Math.max(...pictures.map((picture) => picture.width)) + 2 * MARGIN;
  const tops: number[] = [];
  let height = MARGIN;
  for (const picture of pictures) {
    tops.push(height);
    height += headOf(picture) + picture.height + GAP;
  }
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round((height - GAP + MARGIN) * ratio);
  const context = canvas.getContext("2d");
  if (context === null) throw new Error("toPng: this browser cannot draw");
  const colours = palette.value;
  context.scale(ratio, ratio);
  context.fillStyle = colours.surface;
  context.fillRect(0, 0, width, height + MARGIN);
  pictures.forEach((picture, index) => {
    drawPicture(context, picture, tops[index] ?? 0, colours);
  });
  const blob = await new Promise<Blob | null>((resolve) => canvas.toBlob(resolve, "image/png"));
  if (blob === null) throw new Error("toPng: this browser cannot encode PNG");
  return blob;
}

function picturesOf(chart: Element): readonly Picture[] {
  const legend = [...chart.querySelectorAll<HTMLElement>(".chart-legend li[data-name]")].map(({ dataset }) => ({
    name: dataset.name ?? "",
    colour: dataset.colour ?? "",
    isDashed: dataset.dash === "yes",
    hasLine: dataset.line === "yes",
    kind: dataset.kind ?? "",
  }));
  return [...chart.querySelectorAll("canvas")]
    .filter(({ width, height }) => width > 0 && height > 0)
    .map((canvas, index) => ({
      name: index === 0 ? ((chart as HTMLElement).dataset.name ?? "") : "",
      legend: index === 0 ? legend : [],
      canvas,
      width: canvas.clientWidth,
      height: canvas.clientHeight,
    }));
}

/** Height of the name and the legend. */
function headOf({ name, legend, width }: Picture): number {
  return (name === "" ? 0 : TITLE) + (legend.length === 0 ? 0 : legendRows(legend, width) * LINE + 6);
}

/** Most names side by side: the curves of one network. */
const IN_ROW = 4;
/** Least room for a name, in pixels. */
const ITEM = 150;

const itemsInRow = (legend: readonly LegendItem[], width: number): number =>
  Math.max(1, Math.min(IN_ROW, legend.length, Math.floor(width / ITEM)));
const legendRows = (legend: readonly LegendItem[], width: number): number =>
  Math.ceil(legend.length / itemsInRow(legend, width));

function drawPicture(context: CanvasRenderingContext2D, picture: Picture, top: number, colours: Palette): void {
  let y = top;
  context.textBaseline = "top";
  context.textAlign = "left";
  if (picture.name !== "") {
    context.font = fontOf(colours, 14, 600);
    context.fillStyle = colours.text;
    context.fillText(picture.name, MARGIN, y);
    y += TITLE;
  }
  context.font = fontOf(colours, 12);
  const inRow = itemsInRow(picture.legend, picture.width);
  picture.legend.forEach((item, index) => {
    const x = MARGIN + (index % inRow) * (picture.width / inRow);
    drawItem(context, item, x, y + Math.floor(index / inRow) * LINE, colours);
  });
  context.drawImage(picture.canvas, MARGIN, top + headOf(picture), picture.width, picture.height);
}

function drawItem(
  context: CanvasRenderingContext2D,
  { name, colour, isDashed, hasLine, kind }: LegendItem,
  x: number,
  y: number,
  colours: Palette,
): void {
  const middle = y + 7;
  context.strokeStyle = colour;
  context.fillStyle = colour;
  context.lineWidth = kind === "raw" ? 1 : 2;
  context.globalAlpha = kind === "raw" ? 0.5 : 1;
  context.setLineDash(isDashed ? [6, 4] : []);
  context.beginPath();
  context.moveTo(x, middle);
  context.lineTo(x + 22, middle);
  if (hasLine) context.stroke();
  context.setLineDash([]);
  context.globalAlpha = 1;
  if (kind === "train" || kind === "test") {
    context.beginPath();
    context.arc(x + 11, middle, 3, 0, 2 * Math.PI);
    context.fill();
  }
  context.fillStyle = colours.text;
  context.fillText(name, x + 28, y);
}
