import { type Signal, signal } from "@preact/signals";

/** A signal whose value the browser keeps, if it may: private windows refuse storage. */
export function keptSignal<Value extends string>(key: string, values: readonly Value[], initial: Value): Signal<Value> {
  const kept = signal(initial);
  try {
    const found = values.find((each) => each === localStorage.getItem(key));
    if (found !== undefined) kept.value = found;
    kept.subscribe((value) => localStorage.setItem(key, value));
  } catch {
    // the choice lasts as long as the page
  }
  return kept;
}
