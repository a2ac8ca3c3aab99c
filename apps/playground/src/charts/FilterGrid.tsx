import { ChartFrame } from "gradus-parts/base/ChartFrame.tsx";
import { palette } from "gradus-parts/base/theme.ts";
import { useVersion } from "gradus-parts/base/use-version.ts";
import { formatCount, formatNumber } from "gradus-parts/text/numbers.ts";
import { useEffect, useRef } from "preact/hooks";
import type { Filters } from "../lab/protocol.ts";
import { chartTexts } from "../text/charts.ts";
import { filterImage, largestWeight } from "./grids/picture-image.ts";
import "./grids/grids.css";

export interface FilterGridProps {
  readonly filters: Filters;
}

/** Weights of the first layer as pictures; the middle of the colours is 0. */
export function FilterGrid({ filters }: FilterGridProps) {
  const texts = chartTexts.value.filterGrid;
  const version = useVersion(filters);
  const { count, height, width, values } = filters;
  const largest = largestWeight(filters);
  const ends = (index: number): readonly [number, number] => {
    const own = values.subarray(index * width * height, (index + 1) * width * height);
    return [
      own.reduce((least, value) => Math.min(least, value), Infinity),
      own.reduce((most, value) => Math.max(most, value), -Infinity),
    ];
  };
  const describe = (index: number) => {
    const [low, high] = ends(index);
    return `${texts.filter(String(index + 1))}: ${texts.range(formatNumber(low), formatNumber(high))}`;
  };
  return (
    <ChartFrame
      tableTitle={chartTexts.value.table}
      kind="filters"
      name={texts.name}
      versions={[version]}
      summary={() => texts.summary(formatCount(count), `${height} × ${width}`)}
      table={() => ({
        titles: [chartTexts.value.number, "−", "+"],
        rows: Array.from({ length: count }, (_, index) => [
          texts.filter(String(index + 1)),
          ...ends(index).map((value) => formatNumber(value)),
        ]),
      })}
    >
      <ul class="picture-grid filter-grid">
        {Array.from({ length: count }, (_, index) => (
          <li key={index}>
            <Filter filters={filters} index={index} largest={largest} label={describe(index)} />
          </li>
        ))}
      </ul>
      <p class="filter-scale" aria-hidden="true">
        <span>{formatNumber(-largest)}</span>
        <i />
        <span>{formatNumber(largest)}</span>
      </p>
    </ChartFrame>
  );
}

interface FilterProps extends FilterGridProps {
  readonly index: number;
  readonly largest: number;
  readonly label: string;
}

function Filter({ filters, index, largest, label }: FilterProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const colours = palette.value;
  useEffect(() => {
    canvas.current?.getContext("2d")?.putImageData(filterImage(filters, index, largest, colours), 0, 0);
  }, [filters, index, largest, colours]);
  return (
    <canvas
      ref={canvas}
      class="picture"
      width={filters.width}
      height={filters.height}
      role="img"
      aria-label={label}
      title={label}
    />
  );
}
