import { CanvasBox } from "gradus-parts/base/CanvasBox.tsx";
import { ChartFrame } from "gradus-parts/base/ChartFrame.tsx";
import { moved } from "gradus-parts/base/keys.ts";
import { palette } from "gradus-parts/base/theme.ts";
import { useVersion } from "gradus-parts/base/use-version.ts";
import { formatCount, formatPercent } from "gradus-parts/text/numbers.ts";
import { useRef } from "preact/hooks";
import { chartTexts } from "../text/charts.ts";
import { cellsIn, drawConfusion } from "./grids/draw-confusion.ts";
import "./boxes.css";

export interface ConfusionProps {
  /** (classes, classes): rows are true classes. */
  readonly counts: Int32Array;
  readonly classes: number;
  readonly classNames?: readonly string[] | undefined;
}

/** How often each true class of the test samples was taken for which class. */
export function Confusion({ counts, classes, classNames }: ConfusionProps) {
  const texts = chartTexts.value;
  const version = useVersion(counts, classNames);
  const cursor = useRef<readonly [truth: number, prediction: number] | undefined>(undefined);
  const cells = useRef({ left: 0, top: 0, cell: 1 });
  const nameOf = (label: number) => classNames?.[label] ?? String(label);
  const count = (truth: number, prediction: number) => counts[truth * classes + prediction] ?? 0;
  const inRow = (truth: number) =>
    counts.subarray(truth * classes, (truth + 1) * classes).reduce((sum, each) => sum + each, 0);
  const total = counts.reduce((sum, each) => sum + each, 0);
  const right = Array.from({ length: classes }, (_, label) => count(label, label)).reduce((sum, each) => sum + each, 0);
  const summary = () => texts.confusion.summary(formatCount(right), formatCount(total));

  return (
    <ChartFrame
      tableTitle={texts.table}
      kind="confusion"
      name={texts.confusion.name}
      versions={[version]}
      summary={summary}
      table={() => ({
        titles: [
          texts.confusion.truth,
          ...Array.from({ length: classes }, (_, label) => `${texts.confusion.prediction} ${nameOf(label)}`),
        ],
        rows: Array.from({ length: classes }, (_, truth) => [
          nameOf(truth),
          ...Array.from({ length: classes }, (_, prediction) => formatCount(count(truth, prediction))),
        ]),
      })}
    >
      <CanvasBox
        kind="confusion"
        label={`${texts.confusion.name}. ${texts.confusion.keys}`}
        versions={[version]}
        draw={(context, size) => {
          cells.current = cellsIn(size, classes);
          const picture = { counts, classes, names: Array.from({ length: classes }, (_, label) => nameOf(label)) };
          drawConfusion(context, size, picture, cursor.current, texts.confusion, palette.value);
        }}
        read={() => {
          if (cursor.current === undefined) return summary();
          const [truth, prediction] = cursor.current;
          const cases = count(truth, prediction);
          return texts.confusion.cell(
            nameOf(truth),
            nameOf(prediction),
            formatCount(cases),
            formatPercent(cases / Math.max(1, inRow(truth))),
          );
        }}
        point={(x, y) => {
          const { left, top, cell } = cells.current;
          const [truth, prediction] = [Math.floor((y - top) / cell), Math.floor(((x ?? -1) - left) / cell)];
          const isInside = x !== undefined && Math.min(truth, prediction) >= 0 && Math.max(truth, prediction) < classes;
          cursor.current = isInside ? [truth, prediction] : undefined;
        }}
        move={(x, y) => {
          const [truth, prediction] = cursor.current ?? [0, 0];
          // rows go downwards
          cursor.current = [moved(truth, -y, classes), moved(prediction, x, classes)];
        }}
      />
    </ChartFrame>
  );
}
