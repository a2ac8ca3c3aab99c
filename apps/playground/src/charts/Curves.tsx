import { ChartFrame } from "gradus-parts/base/ChartFrame.tsx";
import { moved, moveOf } from "gradus-parts/base/keys.ts";
import { spread } from "gradus-parts/base/table-data.ts";
import { palette } from "gradus-parts/base/theme.ts";
import { useCalm } from "gradus-parts/base/use-calm.ts";
import { type Size, useDrawing } from "gradus-parts/base/use-drawing.ts";
import { formatCount, formatNumber, formatPercent } from "gradus-parts/text/numbers.ts";
import { useEffect, useRef } from "preact/hooks";
import type uPlot from "uplot";
import { chartTexts } from "../text/charts.ts";
import { type Aligned, type AlignedCurves, align, valueAt } from "./curves/align.ts";
import { drawAxisName, drawLevel, drawMarks, type Mark } from "./curves/draw-marks.ts";
import { Legend } from "./curves/Legend.tsx";
import { breaksOf, describeBreak, describeMark } from "./curves/marks.ts";
import { createPlot } from "./curves/plot.ts";
import { type CurveHistories, type CurveName, KINDS, sourcesOf } from "./curves/sources.ts";
import "gradus-parts/curves/uplot.css";
import "./curves/curves.css";

export interface CurvesProps {
  /** One network, or two to compare. */
  readonly histories: CurveHistories;
  readonly what: CurveName;
  /** Of the vertical axis; for losses. Default false. */
  readonly logScale?: boolean | undefined;
  /** Accuracy by guessing, 0 to 1: a line. */
  readonly chance?: number | undefined;
}

/** Distance from a mark at which the cursor reads it, in pixels. */
const NEAR = 6;
const MOST_ROWS = 100;
/** Least time between two readings of the legend while the curve moves, in ms. */
const READ_MS = 200;

const EMPTY: AlignedCurves = { steps: [], columns: [] };

/** Loss or accuracy on training and test samples as the training goes on. Values that are not finite and changes are marked. */
export function Curves({ histories, what, logScale = false, chance }: CurvesProps) {
  const texts = chartTexts.value;
  const isPair = histories.length === 2;
  const isLog = logScale && what === "loss";
  const box = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const reading = useRef<HTMLParagraphElement>(null);
  const slider = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const data = useRef(EMPTY);
  const marks = useRef<readonly Mark[]>([]);
  /** The step at which the keyboard's cursor stands. */
  const pinned = useRef<number | undefined>(undefined);
  const isOver = useRef(false);
  const readAt = useRef(Number.NEGATIVE_INFINITY);
  // accuracy changes once an epoch
  const versions = histories.map(({ version, calm }) => (what === "loss" ? version : calm));
  const write = what === "accuracy" ? formatPercent : formatNumber;
  const sources = histories.flatMap((_, index) =>
    KINDS[what].map((kind) => ({ kind, network: index === 0 ? (0 as const) : (1 as const) })),
  );

  const stepsPerEpoch = () => {
    const [first, second] = histories.map(({ view }) => view.stepsPerEpoch);
    return first !== undefined && first > 0 && (second === undefined || second === first) ? first : undefined;
  };
  /** Where the cursor stands, or the newest point. */
  const placeNow = () => {
    const place = isOver.current ? plot.current?.cursor.idx : undefined;
    return place ?? data.current.steps.length - 1;
  };
  const describe = (place: number) =>
    sources
      .map(({ kind, network }, index) => {
        const value = valueAt(data.current.columns[index], place);
        const name = `${isPair ? `${network === 0 ? "A" : "B"} ` : ""}${texts.curves.series[kind]}`;
        return value === undefined ? "" : `${name} ${write(value)}`;
      })
      .filter((part) => part !== "")
      .join(", ");

  const read = () => {
    readAt.current = performance.now();
    const place = placeNow();
    const step = data.current.steps[place];
    [...(list.current?.children ?? [])].forEach((item, index) => {
      const value = valueAt(data.current.columns[index], place);
      const cell = item.lastElementChild;
      if (cell !== null) cell.textContent = value === undefined ? "–" : write(value);
    });
    if (reading.current === null) return;
    if (step === undefined) {
      reading.current.textContent = texts.curves.waiting;
      return;
    }
    const each = stepsPerEpoch();
    const epoch = each === undefined ? "" : ` · ${texts.epoch} ${formatNumber(Number((step / each).toFixed(2)))}`;
    const found = markNear(step);
    reading.current.textContent = `${texts.step} ${formatCount(step)}${epoch}${found === undefined ? "" : ` · ${found}`}`;
    slider.current?.setAttribute("aria-valuenow", String(place));
    slider.current?.setAttribute("aria-valuemax", String(Math.max(0, data.current.steps.length - 1)));
  };
  /** What is marked near the cursor; without a cursor, what broke the run. */
  const markNear = (step: number) => {
    const { current } = plot;
    if (current === undefined || !isOver.current) return marks.current.find(({ kind }) => kind === "break")?.label;
    const here = current.valToPos(step, "x");
    return marks.current.find((mark) => Math.abs(current.valToPos(mark.step, "x") - here) <= NEAR)?.label;
  };
  const pin = () => {
    const { current } = plot;
    if (current === undefined || pinned.current === undefined) return;
    current.setCursor({ left: current.valToPos(pinned.current, "x"), top: 0 });
  };

  const draw = ({ width, height }: Size) => {
    if (box.current === null) return;
    plot.current ??= createPlot(
      box.current,
      { width, height },
      {
        what,
        isLog,
        sources: sourcesOf(histories, what),
        stepsPerEpoch,
        stepName: texts.step,
        epochName: texts.epoch,
        drawOver: (current) => {
          drawAxisName(current, what === "loss" ? texts.curves.lossAxis : texts.curves.accuracyAxis, palette.value);
          if (what === "accuracy" && chance !== undefined)
            drawLevel(current, chance, texts.curves.chance, palette.value);
          drawMarks(current, marks.current, palette.value);
        },
        cursorMoved: ({ cursor }) => {
          isOver.current = (cursor.left ?? -1) >= 0;
          read();
        },
      },
    );
    data.current = align(sourcesOf(histories, what), isLog);
    marks.current = [
      ...histories.flatMap((history) =>
        history.marks.map((mark) => ({
          step: mark.step,
          kind: "change" as const,
          network: mark.network,
          label: describeMark(mark, texts, isPair),
        })),
      ),
      ...breaksOf(histories).map((each) => ({
        step: each.step,
        kind: "break" as const,
        network: each.network,
        label: `${isPair ? `${each.network === 0 ? "A" : "B"}: ` : ""}${describeBreak(each, texts)}`,
      })),
    ];
    if (plot.current.width !== width || plot.current.height !== height) plot.current.setSize({ width, height });
    const current = plot.current;
    // drawn now, not in a task of its own: the time counts towards this frame
    current.batch(() => current.setData([data.current.steps, ...data.current.columns] as uPlot.AlignedData));
    pin();
    // numbers that change thirty times a second cannot be read, and each change lays the page out anew
    if (performance.now() - readAt.current > READ_MS) read();
  };
  useCalm(versions, read);

  // a plot is made for its curves, its scale and its words
  const request = useDrawing(box, versions, draw);
  useEffect(() => {
    request();
    return () => {
      plot.current?.destroy();
      plot.current = undefined;
      isOver.current = false;
    };
  }, [what, isLog, isPair, texts, stepsPerEpoch() === undefined, chance, ...histories]);

  const onKeyDown = (event: KeyboardEvent) => {
    const { steps } = data.current;
    const move = moveOf(event, true);
    if (move === undefined || steps.length === 0) return;
    const place = moved(placeNow(), move[0], steps.length);
    pinned.current = steps[place];
    pin();
    slider.current?.setAttribute("aria-valuetext", `${reading.current?.textContent ?? ""}: ${describe(place)}`);
  };
  const name = texts.curves.names[what];

  return (
    <ChartFrame
      tableTitle={texts.table}
      kind={isPair ? "curves curves-pair" : "curves"}
      name={name}
      versions={versions}
      summary={() => {
        const place = data.current.steps.length - 1;
        if (place < 0) return texts.curves.waiting;
        return texts.curves.summary(name, formatCount(data.current.steps[place] ?? 0), describe(place));
      }}
      table={() => ({
        titles: [
          texts.step,
          ...[...(list.current?.children ?? [])].map((item) => (item as HTMLElement).dataset.name ?? ""),
        ],
        rows: spread([...data.current.steps.keys()], MOST_ROWS).map((place) => [
          formatCount(data.current.steps[place] ?? 0),
          ...data.current.columns.map((column: Aligned) => {
            const value = column[place];
            return value === undefined ? "" : value === null ? "NaN" : write(value);
          }),
        ]),
      })}
    >
      <Legend sources={sources} what={what} isPair={isPair} list={list} />
      <p class="chart-readout curves-readout" ref={reading} />
      <div
        class="chart-cursor"
        role="slider"
        tabIndex={0}
        aria-label={`${name}. ${texts.curves.keys}`}
        aria-valuemin={0}
        aria-valuemax={0}
        aria-valuenow={0}
        ref={slider}
        onKeyDown={onKeyDown}
        onPointerMove={() => {
          pinned.current = undefined;
        }}
        onBlur={() => {
          pinned.current = undefined;
          plot.current?.setCursor({ left: -10, top: -10 });
        }}
      >
        <div class="curves-box" ref={box} />
      </div>
    </ChartFrame>
  );
}
