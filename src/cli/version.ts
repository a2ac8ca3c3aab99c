import { createRequire } from "node:module";

/** The version of the package; its path is the same from `src/cli` and from `dist/cli`. */
export function packageVersion(): string {
  const { version } = createRequire(import.meta.url)("../../package.json") as { readonly version: string };
  return version;
}
