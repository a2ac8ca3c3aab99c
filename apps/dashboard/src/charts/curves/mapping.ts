import type uPlot from "uplot";

/** Positions on the canvas, in its own pixels. */
export interface Mapping {
  readonly left: number;
  readonly right: number;
  readonly top: number;
  readonly bottom: number;
  /** Pixels of the canvas in a pixel of CSS. */
  readonly ratio: number;
  readonly x: (value: number) => number;
  /** NaN where a log axis has no place. Values far outside are moved near: canvases lose precision there. */
  readonly y: (value: number) => number;
}

export function mappingOf(plot: uPlot, isLog: boolean): Mapping {
  const { left, top, width, height } = plot.bbox;
  const { x, y } = plot.scales;
  const [xLow, xHigh] = [x?.min ?? 0, x?.max ?? 1];
  const scale = isLog ? Math.log10 : (value: number) => value;
  const [yLow, yHigh] = [scale(y?.min ?? (isLog ? 0.1 : 0)), scale(y?.max ?? 1)];
  const xFactor = width / (xHigh - xLow || 1);
  const yFactor = height / (yHigh - yLow || 1);
  const bottom = top + height;
  const [highest, lowest] = [top - 10 * height, bottom + 10 * height];
  return {
    left,
    right: left + width,
    top,
    bottom,
    ratio: devicePixelRatio,
    x: (value) => left + (value - xLow) * xFactor,
    y(value) {
      if (isLog && value <= 0) return Number.NaN;
      const position = bottom - (scale(value) - yLow) * yFactor;
      return position < highest ? highest : position > lowest ? lowest : position;
    },
  };
}
