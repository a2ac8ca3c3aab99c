import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import "./grid.css";

export interface ChartGridProps {
  /** A key for each chart, in order. */
  readonly items: readonly string[];
  /** Stands where a chart will be: its name. */
  readonly nameOf: (item: string) => string;
  readonly render: (item: string) => ComponentChildren;
  /** Height of a cell in pixels, with and without its chart. */
  readonly height: number;
  /** So many are there from the start: they are in sight for certain, and need not wait until somebody has looked. Default 0. */
  readonly first?: number | undefined;
}

/** Charts in columns. Only those that are in sight, or nearly, are there: the others are empty boxes of the same height. */
export function ChartGrid({ items, nameOf, render, height, first = 0 }: ChartGridProps) {
  return (
    <ul class="chart-grid">
      {items.map((item, place) => (
        <Cell key={item} item={item} name={nameOf(item)} height={height} isFirst={place < first} render={render} />
      ))}
    </ul>
  );
}

interface CellProps {
  readonly item: string;
  readonly name: string;
  readonly height: number;
  readonly isFirst: boolean;
  readonly render: (item: string) => ComponentChildren;
}

function Cell({ item, name, height, isFirst, render }: CellProps) {
  const box = useRef<HTMLLIElement>(null);
  const [isNear, setNear] = useState(isFirst);
  useEffect(() => {
    const { current } = box;
    if (current === null) return undefined;
    return watch(current, setNear);
  }, []);
  return (
    <li class="chart-cell" ref={box} data-mounted={isNear} style={{ minHeight: `${height}px` }}>
      {isNear ? render(item) : <p class="chart-placeholder">{name}</p>}
    </li>
  );
}

/** How far out of sight a chart is made ready. */
const AHEAD = "300px";

const watched = new Map<Element, (isNear: boolean) => void>();
let observer: IntersectionObserver | undefined;

/** One observer for all cells: a thousand of them would each be asked at every scroll. */
function watch(element: Element, tell: (isNear: boolean) => void): () => void {
  observer ??= new IntersectionObserver(
    (entries) => {
      for (const { target, isIntersecting } of entries) watched.get(target)?.(isIntersecting);
    },
    { rootMargin: `${AHEAD} 0px` },
  );
  watched.set(element, tell);
  observer.observe(element);
  return () => {
    watched.delete(element);
    observer?.unobserve(element);
  };
}
