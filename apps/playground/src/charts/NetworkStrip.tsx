import { ChartFrame } from "gradus-parts/base/ChartFrame.tsx";
import { prepareCanvas } from "gradus-parts/base/canvas.ts";
import { moved, moveOf } from "gradus-parts/base/keys.ts";
import { palette } from "gradus-parts/base/theme.ts";
import { useCalm } from "gradus-parts/base/use-calm.ts";
import { type Size, useDrawing } from "gradus-parts/base/use-drawing.ts";
import { formatShort } from "gradus-parts/text/numbers.ts";
import { useRef, useState } from "preact/hooks";
import type { Block, DataName } from "../config/config.ts";
import type { NetworkHistory } from "../state/history.ts";
import { chartTexts } from "../text/charts.ts";
import { type Column, columnsOf, type Part } from "./strip/columns.ts";
import { summaryOf, titleOf, valuesOf } from "./strip/describe-column.ts";
import { drawAxes, drawRows } from "./strip/draw-rows.ts";
import { createPicture } from "./strip/picture.ts";
import { RowTitles } from "./strip/RowTitles.tsx";
import { columnWidthFor, numberedColumns, ROWS_HEIGHT } from "./strip/rows.ts";
import { StripButton } from "./strip/StripButton.tsx";
import { stripTable } from "./strip/table.ts";
import "./strip/strip.css";

export type { Part } from "./strip/columns.ts";

/** Of the labels of the axes, in pixels. */
const AXES_WIDTH = 42;

export interface NetworkStripProps {
  readonly history: NetworkHistory;
  readonly blocks: readonly Block[];
  readonly selected: Part | undefined;
  readonly onSelect: (part: Part) => void;
  /** Names the picture: "Network A". */
  readonly label: string;
  /** Chooses the picture of the input. Default: points of a plane. */
  readonly dataName?: DataName | undefined;
}

/** The network from left to right, as something to click, and below each block what happens inside it: gradient norm, activations, shares
 *  dead and saturated, size of the updates. */
export function NetworkStrip({ history, blocks, selected, onSelect, label, dataName }: NetworkStripProps) {
  const texts = chartTexts.value;
  const scroller = useRef<HTMLDivElement>(null);
  const buttons = useRef<HTMLDivElement>(null);
  const rows = useRef<HTMLCanvasElement>(null);
  const axes = useRef<HTMLCanvasElement>(null);
  const title = useRef<HTMLElement>(null);
  const reading = useRef<HTMLSpanElement>(null);
  const pictureOf = useRef(createPicture());
  const pointed = useRef<number | undefined>(undefined);
  const focused = useRef<number | undefined>(undefined);
  const [columnWidth, setColumnWidth] = useState(48);
  const columns = columnsOf(history.view, blocks.length);
  const [cursor, setCursor] = useState(1);
  const current = () => pictureOf.current(history, blocks.length, selected, pointed.current);

  const read = () => {
    const picture = current();
    const index = pointed.current ?? focused.current ?? picture.selected;
    const column = index === undefined ? undefined : picture.columns[index];
    if (title.current === null || reading.current === null) return;
    if (column === undefined || index === undefined) {
      title.current.textContent = "";
      reading.current.textContent = summaryOf(history, picture.columns, picture.values, picture.broken, texts);
      return;
    }
    const values = valuesOf(picture.values[index] ?? {}, texts);
    title.current.textContent = titleOf(column, blocks, texts);
    reading.current.textContent = [...(index === picture.broken ? [texts.notFinite] : []), ...values].join(" · ");
  };

  const draw = ({ width }: Size) => {
    const fitting = columnWidthFor(width, columns.length);
    if (fitting !== columnWidth) setColumnWidth(fitting);
    const picture = current();
    if (rows.current === null || axes.current === null) return;
    const context = prepareCanvas(rows.current, fitting * columns.length, ROWS_HEIGHT);
    const besides = prepareCanvas(axes.current, AXES_WIDTH, ROWS_HEIGHT);
    if (context === undefined || besides === undefined) return;
    [...(buttons.current?.children ?? [])].forEach((button, index) => {
      const isBroken = index === picture.broken || picture.values[index]?.notFinite !== undefined;
      button.toggleAttribute("data-broken", isBroken);
    });
    drawRows(context, picture, fitting, palette.value);
    drawAxes(besides, picture.range, AXES_WIDTH, palette.value);
    read();
  };
  const request = useDrawing(scroller, [history.calm], draw);

  // names of buttons hold numbers, but must not change while they are read out
  useCalm([history.calm], () => {
    const picture = current();
    [...(buttons.current?.children ?? [])].forEach((button, index) => {
      const column = picture.columns[index];
      const name = button.querySelector(".chart-spoken")?.firstChild;
      if (column !== undefined && name) name.nodeValue = spoken(column, index);
    });
  });
  const spoken = (column: Column, index: number) =>
    [
      titleOf(column, blocks, texts).replace(": ", ", "),
      ...valuesOf(current().values[index] ?? {}, texts, formatShort),
    ].join(", ");

  const point = (index: number | undefined) => {
    if (pointed.current === index) return;
    pointed.current = index;
    request();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const move = moveOf(event, true);
    if (move === undefined) return;
    const next = moved(focused.current ?? cursor, move[0], columns.length);
    setCursor(next);
    (buttons.current?.children[next] as HTMLElement | undefined)?.focus();
  };
  const numbered = numberedColumns(columns.length, columnWidth);
  const focusable = Math.min(cursor, columns.length - 1);

  return (
    <ChartFrame
      tableTitle={texts.table}
      kind="strip"
      name={`${label}: ${texts.strip.name}`}
      versions={[history.calm]}
      summary={() => {
        const { columns: all, values, broken } = current();
        return summaryOf(history, all, values, broken, texts);
      }}
      table={() => stripTable(current(), blocks, texts)}
    >
      <p class="chart-readout strip-readout">
        <strong ref={title} /> <span ref={reading} />
      </p>
      <div class="strip-body" style={{ "--strip-axes": `${AXES_WIDTH}px`, "--strip-column": `${columnWidth}px` }}>
        <div class="strip-axes" aria-hidden="true" style={{ height: `${ROWS_HEIGHT}px` }}>
          <canvas ref={axes} />
        </div>
        <div class="strip-scroller" ref={scroller}>
          <div class="strip-content" onPointerLeave={() => point(undefined)}>
            <div
              class="strip-buttons"
              role="toolbar"
              aria-label={`${label}. ${texts.strip.keys}`}
              ref={buttons}
              onKeyDown={onKeyDown}
            >
              {columns.map((column, index) => (
                <StripButton
                  key={column.part}
                  column={column}
                  block={typeof column.part === "number" ? blocks[column.part] : undefined}
                  dataName={dataName}
                  width={columnWidth}
                  isNumbered={numbered[index] ?? true}
                  isSelected={column.part === selected}
                  isFocusable={index === focusable}
                  label={titleOf(column, blocks, texts).replace(": ", ", ")}
                  onSelect={() => {
                    setCursor(index);
                    onSelect(column.part);
                  }}
                  onPoint={() => point(index)}
                  onFocus={(isIn) => {
                    focused.current = isIn ? index : undefined;
                    request();
                  }}
                />
              ))}
            </div>
            <div
              class="strip-rows"
              aria-hidden="true"
              style={{ height: `${ROWS_HEIGHT}px` }}
              onPointerMove={({ offsetX }) => point(moved(Math.floor(offsetX / columnWidth), 0, columns.length))}
              onClick={({ offsetX }) => {
                const column = columns[Math.floor(offsetX / columnWidth)];
                if (column !== undefined) onSelect(column.part);
              }}
            >
              <canvas ref={rows} />
            </div>
          </div>
        </div>
        <RowTitles texts={texts} />
      </div>
    </ChartFrame>
  );
}
