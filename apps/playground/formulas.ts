import temml from "temml";
import type { Plugin } from "vite";
import { LATEX } from "./src/stories/latex.ts";

const NAME = "virtual:formulas";
/** Rollup's mark for modules that no file holds. */
const RESOLVED = `\0${NAME}`;

/** A formula as a `math` element. A mistake in the LaTeX ends the build. */
export function toMathML(latex: string): string {
  return temml.renderToString(latex, { displayMode: true, throwOnError: true, strict: true });
}

/** The module `virtual:formulas`: MathML of every formula of the stories, by name. The page needs neither LaTeX nor what reads it. */
export const formulas: Plugin = {
  name: "formulas",
  resolveId: (id) => (id === NAME ? RESOLVED : undefined),
  load(id) {
    if (id !== RESOLVED) return undefined;
    const table = Object.fromEntries(Object.entries(LATEX).map(([name, latex]) => [name, toMathML(latex)]));
    return `export const FORMULAS = ${JSON.stringify(table)};`;
  },
};
