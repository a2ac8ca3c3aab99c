import type { RunSummary } from "gradus/dashboard-protocol";
import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";

/** The runs in the order of before, while the pointer or the keyboard is on the list: rows do not move under a hand. Runs that have come go to
 *  the end until then.
 *  @param order names what a person chose: another choice takes effect at once. */
export function useSteady(
  box: RefObject<HTMLElement | null>,
  runs: readonly RunSummary[],
  order: string,
): readonly RunSummary[] {
  const isHeld = useRef(false);
  const before = useRef<{ readonly order: string; readonly places: ReadonlyMap<string, number> }>(undefined);
  useEffect(() => {
    const element = box.current;
    if (element === null) return undefined;
    const update = () => {
      isHeld.current = element.matches(":hover") || element.matches(":focus-within");
    };
    const names = ["pointerenter", "pointerleave", "focusin", "focusout"] as const;
    for (const name of names) element.addEventListener(name, update);
    return () => {
      for (const name of names) element.removeEventListener(name, update);
    };
  }, []);
  const kept = before.current;
  const shown = isHeld.current && kept?.order === order ? keepOrder(runs, kept.places) : runs;
  before.current = { order, places: new Map(shown.map(({ id }, place) => [id, place])) };
  return shown;
}

/** Known runs in their old places, new ones after them. */
export function keepOrder(runs: readonly RunSummary[], places: ReadonlyMap<string, number>): readonly RunSummary[] {
  const placeOf = ({ id }: RunSummary) => places.get(id) ?? Number.MAX_SAFE_INTEGER;
  return [...runs].sort((a, b) => placeOf(a) - placeOf(b));
}
