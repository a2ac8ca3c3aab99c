import { computed, type ReadonlySignal, signal } from "@preact/signals";

const MOST_EDITS = 200;

/** How long the same control may rest between two edits that count as one, in ms: a slider that is dragged is one edit. */
const PAUSE_MS = 800;

/** What can be undone and redone. */
export interface Edits<Value> {
  readonly canUndo: ReadonlySignal<boolean>;
  readonly canRedo: ReadonlySignal<boolean>;
  /** Remembers the value before an edit. Edits by the same control in close succession count as one.
   *  @param key the control. */
  record(before: Value, key: string): void;
  /** The value before the last edit; undefined without one. */
  undo(current: Value): Value | undefined;
  redo(current: Value): Value | undefined;
}

/** @param now in ms. */
export function createEdits<Value>(now: () => number = () => performance.now()): Edits<Value> {
  const past = signal<readonly Value[]>([]);
  const future = signal<readonly Value[]>([]);
  let lastKey: string | undefined;
  let lastTime = -Infinity;
  const move = (current: Value, from: typeof past, to: typeof past): Value | undefined => {
    const value = from.value.at(-1);
    if (value === undefined) return undefined;
    from.value = from.value.slice(0, -1);
    to.value = [...to.value, current];
    lastKey = undefined;
    return value;
  };
  return {
    canUndo: computed(() => past.value.length > 0),
    canRedo: computed(() => future.value.length > 0),
    record(before, key) {
      const time = now();
      const isSame = key === lastKey && time - lastTime < PAUSE_MS;
      lastKey = key;
      lastTime = time;
      future.value = [];
      if (!isSame) past.value = [...past.value, before].slice(-MOST_EDITS);
    },
    undo: (current) => move(current, past, future),
    redo: (current) => move(current, future, past),
  };
}
