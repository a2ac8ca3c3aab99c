import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Views } from "../lab/protocol.ts";
import type { Playground } from "../state/playground.ts";
import { usePlayground } from "./context.ts";

type Part = keyof Views;

/** Elements in sight, with what they show. */
const seen = new WeakMap<Playground, Map<Element, Part>>();

function look(playground: Playground, element: Element, part: Part, isSeen: boolean): void {
  const elements = seen.get(playground) ?? new Map<Element, Part>();
  seen.set(playground, elements);
  const before = viewsOf(elements);
  if (isSeen) elements.set(element, part);
  else elements.delete(element);
  const views = viewsOf(elements);
  if (views.output !== before.output || views.layers !== before.layers) playground.look(views);
}

function viewsOf(elements: ReadonlyMap<Element, Part>): Views {
  const parts = new Set(elements.values());
  return { output: parts.has("output"), layers: parts.has("layers") };
}

/** Says to the worker whether what the element shows is in sight: what nobody sees is not computed. */
export function useLook(part: Part): RefObject<HTMLDivElement | null> {
  const playground = usePlayground();
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const observer = new IntersectionObserver((entries) => {
      look(playground, element, part, entries.at(-1)?.isIntersecting ?? false);
    });
    observer.observe(element);
    return () => {
      observer.disconnect();
      look(playground, element, part, false);
    };
  }, [playground, part]);
  return ref;
}
