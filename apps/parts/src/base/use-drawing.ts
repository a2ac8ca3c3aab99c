import { effect, type ReadonlySignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { cancelDrawing, requestDrawing } from "./frames.ts";
import { palette } from "./theme.ts";

export interface Size {
  /** In CSS pixels. */
  readonly width: number;
  readonly height: number;
}

/** What draws each box. */
const drawings = new Map<Element, () => void>();

/** Draws at once what stands in an element, even out of sight: before it is copied. */
export function drawWithin(element: Element): void {
  for (const [box, draw] of drawings) if (element.contains(box)) draw();
}

/** Draws when the component has rendered, when a version or the theme changes, and when the box has another size; at most once per
 *  animation frame, and not while the box is out of sight.
 *  @param draw reads what it needs afresh: it is not called during a render.
 *  @returns asks for a drawing, for instance because the pointer has moved; the same function for ever. */
export function useDrawing(
  box: RefObject<HTMLElement | null>,
  versions: readonly (ReadonlySignal<number> | undefined)[],
  draw: (size: Size) => void,
): () => void {
  const latest = useRef(draw);
  latest.current = draw;
  const request = useRef<() => void>(() => {});
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    let size: Size = { width: element.clientWidth, height: element.clientHeight };
    let isVisible = true;
    let isStale = false;
    const drawNow = () => {
      if (size.width > 0 && size.height > 0) latest.current(size);
    };
    const ask = () => {
      if (isVisible) requestDrawing(drawNow);
      else isStale = true;
    };
    request.current = ask;
    drawings.set(element, drawNow);
    const resizing = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      size = { width: entry.contentRect.width, height: entry.contentRect.height };
      ask();
    });
    resizing.observe(element);
    const seeing = new IntersectionObserver(
      (entries) => {
        isVisible = entries.at(-1)?.isIntersecting ?? true;
        if (isVisible && isStale) {
          isStale = false;
          ask();
        }
      },
      { rootMargin: "200px" },
    );
    seeing.observe(element);
    const resolution = watchResolution(ask);
    return () => {
      resizing.disconnect();
      seeing.disconnect();
      resolution();
      drawings.delete(element);
      cancelDrawing(drawNow);
    };
  }, [box]);
  // every render may have brought other values
  useEffect(() => request.current());
  useEffect(
    () =>
      effect(() => {
        for (const version of versions) version?.value;
        palette.value;
        request.current();
      }),
    versions,
  );
  const ask = useRef(() => request.current());
  return ask.current;
}

/** Calls back when the window moves to a screen of another resolution, or is zoomed. Returns what ends that. */
function watchResolution(changed: () => void): () => void {
  const query = matchMedia(`(resolution: ${devicePixelRatio}dppx)`);
  let end = () => {};
  const react = () => {
    changed();
    end = watchResolution(changed);
  };
  query.addEventListener("change", react, { once: true });
  return () => {
    query.removeEventListener("change", react);
    end();
  };
}
