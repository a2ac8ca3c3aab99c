declare module "virtual:formulas" {
  /** Each formula of stories/latex.ts as a `math` element, by name, made by the build (formulas.ts beside vite.config.ts). */
  export const FORMULAS: Readonly<Record<string, string>>;
}
