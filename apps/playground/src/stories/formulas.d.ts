declare module "virtual:formulas" {
  import type { FormulaName } from "../text/story-names.ts";

  /** Each formula as a `math` element, made by the build (formulas.ts beside vite.config.ts). */
  export const FORMULAS: Readonly<Record<FormulaName, string>>;
}
