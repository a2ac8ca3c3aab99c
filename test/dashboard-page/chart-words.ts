import type { ChartWords } from "../../apps/dashboard/src/charts/words.ts";

/** Words that say which they are: "least", "more(3)". */
function echo(path = ""): unknown {
  return new Proxy((...values: readonly string[]) => `${path}(${values.join(",")})`, {
    get(target, name) {
      if (name === Symbol.toPrimitive) return () => path;
      return name in target && name !== "name" ? Reflect.get(target, name) : echo(String(name));
    },
  });
}

export const WORDS = echo() as ChartWords;
