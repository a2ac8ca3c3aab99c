import type { RunReader } from "../runs/types.ts";
import type { Language } from "../telling/texts/texts.ts";
import { inlinePage } from "./run/inline-page.ts";
import { staticRun } from "./run/static-run.ts";

/** The element that holds the run in the page. */
const DATA_ID = "gradus-run";

/** One run as one HTML file, which needs no server, no network and nothing beside it.
 *  @param pageFolder where the built page of the dashboard is.
 *  @param lang of the diagnosis. Default en.
 *  @throws GradusError `file-not-found` if the folder has no page. */
export function exportRun(
  run: RunReader,
  pageFolder: string,
  { lang = "en" }: { readonly lang?: Language } = {},
): string {
  return inlinePage(pageFolder, DATA_ID, staticRun(run, lang));
}
