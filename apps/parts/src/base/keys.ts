/** How far one press with Shift, or of a page key, goes. */
const FAR = 10;

const MOVES: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
  PageUp: [0, FAR],
  PageDown: [0, -FAR],
  Home: [-Infinity, 0],
  End: [Infinity, 0],
};

/** Where a key moves a cursor: right and up are positive. Undefined: the key does not. The page does not scroll where it does.
 *  @param isFlat there is no up and down: those keys move sideways too, as in sliders. */
export function moveOf(event: KeyboardEvent, isFlat = false): readonly [x: number, y: number] | undefined {
  const move = MOVES[event.key];
  if (move === undefined || event.ctrlKey || event.metaKey || event.altKey) return undefined;
  event.preventDefault();
  event.stopPropagation();
  const times = event.shiftKey ? FAR : 1;
  const [x, y] = [move[0] * times, move[1] * times];
  return isFlat ? [x || y, 0] : [x, y];
}

/** The place after a move, among `count` places. */
export function moved(place: number, by: number, count: number): number {
  return Math.max(0, Math.min(count - 1, place + by));
}
