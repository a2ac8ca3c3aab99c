import { existsSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { GradusError } from "../../core/errors.ts";

/** The dashboard's built page: beside the program, or in dist/ if the program runs from its sources.
 *  @throws GradusError `file-not-found` if it was not built. */
export function dashboardPage(): string {
  const inPackage = import.meta.url.endsWith(".ts") ? "../../../dist/dashboard" : "./dashboard";
  const folder = fileURLToPath(new URL(inPackage, import.meta.url));
  if (existsSync(join(folder, "index.html"))) return folder;
  throw new GradusError("file-not-found", `${folder} has no page. In a checkout, "npm run build" builds it.`, {
    file: folder,
  });
}
