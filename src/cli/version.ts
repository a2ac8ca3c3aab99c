import { createRequire } from "node:module";

/** Of the package; the same path leads there from `src/cli` and from `dist/cli`. */
export function packageVersion(): string {
  const { version } = createRequire(import.meta.url)("../../package.json") as { readonly version: string };
  return version;
}
