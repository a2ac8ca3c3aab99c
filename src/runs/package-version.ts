import { createRequire } from "node:module";

/** Written in when the package is built; the sources read it from package.json. */
declare const GRADUS_VERSION: string | undefined;

/** The version of the package. */
export function packageVersion(): string {
  if (typeof GRADUS_VERSION === "string") return GRADUS_VERSION;
  const { version } = createRequire(import.meta.url)("../../package.json") as { readonly version: string };
  return version;
}
