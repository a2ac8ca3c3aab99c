/** Time for drawing in one frame. What does not fit is drawn in the next one, so that the page answers in between. */
const BUDGET_MS = 10;

const waiting = new Set<() => void>();
let isScheduled = false;

/** Draws at the next animation frame; asking again before that changes nothing. */
export function requestDrawing(draw: () => void): void {
  waiting.add(draw);
  if (isScheduled) return;
  isScheduled = true;
  requestAnimationFrame(drawWaiting);
}

/** For charts that have gone. */
export function cancelDrawing(draw: () => void): void {
  waiting.delete(draw);
}

function drawWaiting(): void {
  const end = performance.now() + BUDGET_MS;
  isScheduled = false;
  for (const draw of waiting) {
    // one that draws for ever must not keep the others from their turn: who was drawn goes to the end
    waiting.delete(draw);
    draw();
    if (performance.now() > end) break;
  }
  if (waiting.size === 0) return;
  isScheduled = true;
  requestAnimationFrame(drawWaiting);
}
