import type { ReadonlySignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { prepareCanvas } from "./canvas.ts";
import { moveOf } from "./keys.ts";
import { type Size, useDrawing } from "./use-drawing.ts";

interface CanvasBoxProps {
  /** Name of the picture, and which keys move its cursor. */
  readonly label: string;
  readonly kind: string;
  readonly versions: readonly (ReadonlySignal<number> | undefined)[];
  readonly draw: (context: CanvasRenderingContext2D, size: Size) => void;
  /** Sets the cursor to a position, in pixels, or takes it away. */
  readonly point: (x: number | undefined, y: number) => void;
  /** Moves the cursor; right and up are positive. */
  readonly move: (x: number, y: number) => void;
  /** What stands at the cursor; without one, what is most worth reading. */
  readonly read: () => string;
  /** There is no up and down. */
  readonly isFlat?: boolean;
}

/** A canvas with a cursor for pointer and keyboard, and a line that says exactly what is there. */
export function CanvasBox({ label, kind, versions, draw, point, move, read, isFlat = false }: CanvasBoxProps) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const reading = useRef<HTMLParagraphElement>(null);
  const slider = useRef<HTMLDivElement>(null);
  const request = useDrawing(box, versions, (size) => {
    if (canvas.current === null) return;
    const context = prepareCanvas(canvas.current, size.width, size.height);
    if (context !== undefined) draw(context, size);
    if (reading.current !== null) reading.current.textContent = read();
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const by = moveOf(event, isFlat);
    if (by === undefined) return;
    move(...by);
    slider.current?.setAttribute("aria-valuetext", read());
    request();
  };
  const leave = () => {
    point(undefined, 0);
    request();
  };
  return (
    <>
      <p class="chart-readout" ref={reading} />
      <div
        class="chart-cursor"
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-valuenow={0}
        ref={slider}
        onKeyDown={onKeyDown}
        onFocus={() => slider.current?.setAttribute("aria-valuetext", read())}
        onBlur={leave}
        onPointerMove={({ currentTarget, clientX, clientY }) => {
          const { left, top } = currentTarget.getBoundingClientRect();
          point(clientX - left, clientY - top);
          request();
        }}
        onPointerLeave={leave}
      >
        <div class={`chart-box chart-box-${kind}`} ref={box}>
          <canvas ref={canvas} />
        </div>
      </div>
    </>
  );
}
