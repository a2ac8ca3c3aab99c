import { useComputed, useSignal, useSignalEffect } from "@preact/signals";
import { ChartFrame } from "gradus-parts/base/ChartFrame.tsx";
import { palette } from "gradus-parts/base/theme.ts";
import { useCalm } from "gradus-parts/base/use-calm.ts";
import { type Size, useDrawing } from "gradus-parts/base/use-drawing.ts";
import { harmless } from "gradus-parts/text/harmless.ts";
import { formatCount, formatNumber } from "gradus-parts/text/numbers.ts";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type uPlot from "uplot";
import { useDashboard } from "../state/context.ts";
import type { RunEntry } from "../state/run-list.ts";
import { colourOf, drawBand, drawLine, drawOdd, drawOutliers } from "./curves/draw.ts";
import { movedBy, zoomedBy } from "./curves/keys.ts";
import { mappingOf } from "./curves/mapping.ts";
import { notesOf } from "./curves/notes.ts";
import { type CurveSettings, createCloseLook, EMPTY, pictureOf } from "./curves/picture.ts";
import { createPlot, redraw } from "./curves/plot.ts";
import { readingAt, spoken } from "./curves/reading.ts";
import { createRest } from "./curves/rest.ts";
import { type Placed, Tooltip } from "./curves/Tooltip.tsx";
import { tableOf } from "./curves/table.ts";
import { useHeld } from "./curves/use-held.ts";
import type { ChartWords } from "./words.ts";
import "gradus-parts/curves/uplot.css";
import "./curves/curves.css";

export interface RunCurvesProps {
  readonly measure: string;
  readonly words: ChartWords;
  /** Default: the runs that are shown. */
  readonly runs?: readonly RunEntry[] | undefined;
  /** Above the curves: the measure's name, and buttons. */
  readonly children?: ComponentChildren;
}

/** Between the cursor and the values beside it, in pixels: see curves.css. */
const TIP_GAP = 12;
/** Distance from the cursor within which a point is read, in pixels. */
const NEAR = 12;

/** One measure of many runs. The cursor and the zoom are those of all charts. */
export function RunCurves({ measure, words, runs, children }: RunCurvesProps) {
  const { store, actions } = useDashboard();
  const { series, hover } = store;
  const held = useHeld(measure, runs);
  const settings = useComputed<CurveSettings>(() => {
    const { axis, smoothing, isLog, hasBands, ignoresOutliers, zoom } = store.view.value;
    return { axis, smoothing, isLog, hasBands, ignoresOutliers, zoom };
  });
  const { axis, isLog } = settings.value;
  const box = useRef<HTMLDivElement>(null);
  const frame = useRef<HTMLDivElement>(null);
  const notes = useRef<HTMLUListElement>(null);
  const slider = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const picture = useRef(EMPTY);
  const look = useRef(createCloseLook(series));
  const rest = useRef(createRest());
  const drawn = useRef<CurveSettings | undefined>(undefined);
  /** The pointer or the keyboard is on this chart: its values are shown. */
  const isOver = useRef(false);
  const placed = useSignal<Placed | undefined>(undefined);
  const version = series.version(measure);
  const name = harmless(measure);

  const drawables = () =>
    held().map(({ entry, curve }) => {
      const { name: runName, group, steps, epochs, createdAt } = entry.summary.peek();
      return {
        run: { id: entry.id, name: harmless(runName), look: entry.look, group, steps, epochs, createdAt },
        curve,
      };
    });
  const setting = {
    axis,
    isLog,
    xRange: () => picture.current.xRange,
    yRange: () => [picture.current.y.low, picture.current.y.high] as const,
    draw(current: uPlot) {
      const { bands, singles, lines } = picture.current;
      const { ctx: context } = current;
      const map = mappingOf(current, isLog);
      context.save();
      context.beginPath();
      context.rect(map.left, map.top, map.right - map.left, map.bottom - map.top);
      context.clip();
      const colours = palette.value;
      for (const band of bands) drawBand(context, band, map, colours);
      for (const line of singles) drawLine(context, line, map, colours);
      if (settings.peek().ignoresOutliers) drawOutliers(context, lines, map, colours);
      const marks = drawOdd(context, lines, map, colours);
      context.restore();
      if (frame.current === null) return;
      frame.current.dataset.lines = String(lines.length);
      frame.current.dataset.marks = String(marks);
    },
    pointed(current: uPlot, left: number, top: number) {
      isOver.current = left >= 0;
      hover.value = left < 0 ? undefined : current.posToVal(left, "x");
      read(top);
    },
    chosen: (from: number, to: number) => actions.set({ zoom: { from, to } }),
    reset: () => actions.set({ zoom: undefined }),
  };

  /** Puts the values at the cursor beside it. @param top of the pointer, in pixels; undefined: the keyboard moves the cursor. */
  const read = (top?: number) => {
    const { current } = plot;
    const x = hover.peek();
    if (current === undefined || x === undefined || !isOver.current) {
      placed.value = undefined;
      return undefined;
    }
    const reach = current.posToVal(NEAR, "x") - current.posToVal(0, "x");
    const away = (y: number) => (top === undefined || Number.isNaN(y) ? 0 : Math.abs(current.valToPos(y, "y") - top));
    const reading = readingAt(picture.current, x, reach, axis, words, away);
    const ratio = devicePixelRatio;
    const [offset, height] = [current.bbox.left / ratio, current.bbox.height / ratio];
    const left = offset + current.valToPos(x, "x");
    placed.value = {
      reading,
      left,
      isLeft: left > current.width / 2,
      room: Math.max(left, current.width - left) - TIP_GAP,
      dots: reading.rows.flatMap((row) => {
        const y = current.valToPos(row.y, "y");
        if (!(y >= 0 && y <= height)) return [];
        return [
          {
            left: offset + current.valToPos(row.x, "x"),
            top: current.bbox.top / ratio + y,
            colour: colourOf(palette.peek(), row.look),
          },
        ];
      }),
    };
    return reading;
  };

  const draw = ({ width, height }: Size) => {
    if (box.current === null) return;
    // what a person has changed is drawn at once
    if (drawn.current === settings.peek() && rest.current.mustWait(request)) return;
    drawn.current = settings.peek();
    const start = performance.now();
    picture.current = pictureOf(drawables(), settings.peek(), (drawable) => look.current(settings.peek(), drawable));
    plot.current ??= createPlot(box.current, { width, height }, setting);
    const { current } = plot;
    if (current.width !== width || current.height !== height) current.setSize({ width, height });
    redraw(current, setting);
    tell();
    rest.current.drew(performance.now() - start);
  };
  const tell = () => {
    const texts = notesOf(picture.current, settings.peek(), words);
    const { current } = notes;
    if (current === null || current.dataset.texts === texts.join("\n")) return;
    current.dataset.texts = texts.join("\n");
    current.replaceChildren(
      ...texts.map((text) => {
        const item = document.createElement("li");
        item.textContent = text;
        return item;
      }),
    );
  };

  // a plot is made for its axes and its words
  const request = useDrawing(box, [version], draw);
  useEffect(() => {
    request();
    return () => {
      plot.current?.destroy();
      plot.current = undefined;
      drawn.current = undefined;
      rest.current.end();
      isOver.current = false;
      placed.value = undefined;
    };
  }, [measure, axis, isLog, words]);
  // numbers beside the cursor follow what is new, calmly
  useCalm([version], () => read());

  // the cursor of all charts
  useSignalEffect(() => {
    const x = hover.value;
    const { current } = plot;
    if (current === undefined || isOver.current) return;
    const left = x === undefined ? -10 : current.valToPos(x, "x");
    // setCursor of uPlot would say that the pointer is here
    const line = current.root.querySelector<HTMLElement>(".u-cursor-x");
    if (line === null) return;
    line.classList.toggle("u-off", !(left >= 0 && left <= current.bbox.width / devicePixelRatio));
    line.style.transform = `translate(${Math.round(left)}px, 0px)`;
  });

  const onKeyDown = (event: KeyboardEvent) => {
    const { lines, xRange } = picture.current;
    const zoom = zoomedBy(event, xRange, hover.peek());
    if (zoom !== undefined) {
      actions.set({ zoom: zoom === "all" ? undefined : zoom });
      return;
    }
    const x = movedBy(event, lines, xRange, hover.peek());
    if (x === undefined) return;
    isOver.current = true;
    hover.value = x;
    const { current } = plot;
    if (current !== undefined) current.setCursor({ left: current.valToPos(x, "x"), top: 0 }, false);
    const reading = read();
    if (reading !== undefined) slider.current?.setAttribute("aria-valuetext", spoken(reading, words));
  };

  return (
    <ChartFrame
      kind="curves"
      name={name}
      versions={[version]}
      tableTitle={words.table}
      summary={() => {
        const lasts = picture.current.lines.map(({ places }) => places.lasts[places.length - 1] ?? Number.NaN);
        const finite = lasts.filter(Number.isFinite);
        const { lines } = picture.current;
        if (lines.length === 0) return notesOf(picture.current, settings.peek(), words).join(" ");
        return words.curves.summary(
          name,
          formatCount(lines.length),
          formatNumber(Math.min(...finite)),
          formatNumber(Math.max(...finite)),
        );
      }}
      table={() => tableOf(picture.current, settings.peek().axis, words)}
    >
      {children}
      <div
        class="chart-cursor"
        role="slider"
        tabIndex={0}
        aria-label={`${name}. ${words.curves.keys}`}
        aria-valuenow={0}
        aria-valuetext={name}
        ref={slider}
        onKeyDown={onKeyDown}
        onBlur={() => {
          isOver.current = false;
          hover.value = undefined;
          placed.value = undefined;
        }}
      >
        <div class="curves-frame" ref={frame}>
          <div class="curves-box" ref={box} />
          <Tooltip placed={placed} words={words} />
        </div>
      </div>
      <ul class="curves-notes" ref={notes} />
    </ChartFrame>
  );
}
