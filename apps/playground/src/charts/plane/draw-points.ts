import type { Scale } from "gradus-parts/base/scales.ts";
import { classColour, type Palette } from "gradus-parts/base/theme.ts";
import type { DataView as ShownData } from "../../lab/protocol.ts";

type Plane = NonNullable<ShownData["plane"]>;

/** Training points: small and full. Test points: rings. @param x, y positions in pixels. */
export function drawPoints(
  context: CanvasRenderingContext2D,
  plane: Plane,
  showTest: boolean,
  x: Scale,
  y: Scale,
  colours: Palette,
): void {
  const each = (points: Float32Array, labels: Int32Array, radius: number, finish: (colour: string) => void) => {
    labels.forEach((label, index) => {
      context.beginPath();
      context.arc(x(points[2 * index] ?? 0), y(points[2 * index + 1] ?? 0), radius, 0, 2 * Math.PI);
      finish(classColour(colours, label));
    });
  };
  context.strokeStyle = colours.surface;
  context.lineWidth = 1;
  each(plane.train, plane.trainLabels, 2.4, (colour) => {
    context.fillStyle = colour;
    context.stroke();
    context.fill();
  });
  if (!showTest) return;
  context.lineWidth = 1.7;
  context.fillStyle = colours.surface;
  each(plane.test, plane.testLabels, 3.3, (colour) => {
    context.strokeStyle = colour;
    context.fill();
    context.stroke();
  });
}
