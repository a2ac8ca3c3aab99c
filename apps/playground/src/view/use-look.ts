import type { RefObject } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Views } from "../lab/protocol.ts";
import type { Playground } from "../state/playground.ts";
import { usePlayground } from "./context.ts";

const looks = new WeakMap<Playground, Views>();

/** Says to the worker whether this part of the page is in sight: what nobody sees is not computed. */
export function useLook(part: keyof Views): RefObject<HTMLDivElement | null> {
  const playground = usePlayground();
  const ref = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const observer = new IntersectionObserver((entries) => {
      const isSeen = entries.at(-1)?.isIntersecting ?? false;
      const before = looks.get(playground) ?? { output: false, layers: false };
      if (before[part] === isSeen) return;
      const views = { ...before, [part]: isSeen };
      looks.set(playground, views);
      playground.send({ type: "look", views });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [playground, part]);
  return ref;
}
