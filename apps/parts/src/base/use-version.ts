import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";

/** A version that counts changes of plain values, for charts that are given no history. */
export function useVersion(...values: readonly unknown[]): ReadonlySignal<number> {
  const version = useSignal(0);
  useEffect(() => {
    version.value++;
  }, values);
  return version;
}
