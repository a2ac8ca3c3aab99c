import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";

/** A component whose code is fetched when it is first shown, so that the page's first paint does not wait for it.
 *  @param Placeholder takes its room meanwhile. Default: nothing. */
export function lazily<Props extends object>(
  load: () => Promise<ComponentType<Props>>,
  Placeholder?: ComponentType,
): ComponentType<Props> {
  let loaded: ComponentType<Props> | undefined;
  return function Lazy(props: Props) {
    const [, setReady] = useState(loaded !== undefined);
    useEffect(() => {
      let isMounted = true;
      if (loaded === undefined) {
        void load().then((component) => {
          loaded = component;
          if (isMounted) setReady(true);
        });
      }
      return () => {
        isMounted = false;
      };
    }, []);
    const Component = loaded;
    if (Component !== undefined) return <Component {...props} />;
    return Placeholder === undefined ? null : <Placeholder />;
  };
}
