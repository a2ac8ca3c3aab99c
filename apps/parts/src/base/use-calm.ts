import { effect, type ReadonlySignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";

/** Time between two updates of text that is spoken or read. */
const PAUSE_MS = 2000;

/** Calls back when a version changes, at most every two seconds, and the last change is never lost. */
export function useCalm(versions: readonly (ReadonlySignal<number> | undefined)[], update: () => void): void {
  const latest = useRef(update);
  latest.current = update;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let last = -Infinity;
    const run = () => {
      timer = undefined;
      last = performance.now();
      latest.current();
    };
    const end = effect(() => {
      for (const version of versions) version?.value;
      timer ??= setTimeout(run, Math.max(0, last + PAUSE_MS - performance.now()));
    });
    return () => {
      end();
      clearTimeout(timer);
    };
  }, versions);
}
