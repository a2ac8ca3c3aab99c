import { effect, type ReadonlySignal } from "@preact/signals";

/** Wait before the address is written, in ms: browsers refuse more than about a hundred changes in half a minute. */
const PAUSE_MS = 400;

/** What of a window is used. */
export interface AddressBar {
  readonly location: { readonly hash: string; readonly href: string };
  readonly history: { replaceState(data: unknown, unused: string, url: string): void };
  addEventListener(type: "hashchange", listener: () => void): void;
}

interface AddressOptions<Value> {
  /** What the address says. */
  readonly value: ReadonlySignal<Value>;
  readonly bar: AddressBar;
  readonly encode: (value: Value) => string;
  /** Someone wrote another address, or went back to one. */
  readonly onOther: (fragment: string) => void;
  /** Runs a task after so many ms; the result cancels it. */
  readonly later?: ((task: () => void, ms: number) => () => void) | undefined;
}

const byTimeout = (task: () => void, ms: number) => {
  const timer = setTimeout(task, ms);
  return () => clearTimeout(timer);
};

/** The fragment of an address without its sign. */
export const fragmentOf = ({ hash }: AddressBar["location"]) => hash.replace(/^#/, "");

/** Keeps a value in the page's address: in its fragment, which no server sees. The first value is written when it is changed.
 * Ends with the returned function. */
export function keepAddress<Value>({
  value,
  bar,
  encode,
  onOther,
  later = byTimeout,
}: AddressOptions<Value>): () => void {
  let written = fragmentOf(bar.location);
  let cancel: (() => void) | undefined;
  let isFirst = true;
  bar.addEventListener("hashchange", () => {
    const found = fragmentOf(bar.location);
    if (found === written) return;
    written = found;
    cancel?.();
    onOther(found);
  });
  const stop = effect(() => {
    const next = value.value;
    if (isFirst) {
      isFirst = false;
      return;
    }
    cancel?.();
    cancel = later(() => {
      written = encode(next);
      bar.history.replaceState(null, "", `#${written}`);
    }, PAUSE_MS);
  });
  return () => {
    cancel?.();
    stop();
  };
}
