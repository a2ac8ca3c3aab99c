import { isStandardOutput } from "../../files/write-target.ts";
import { dashboardPage } from "../dashboard/page-folder.ts";
import { EXIT } from "../exit-codes.ts";
import { languageOf } from "../language.ts";
import { outputPath, requireOutput, saveText } from "../output.ts";
import { jsonLine, line, type Terminal } from "../terminal.ts";
import { openNamed } from "./locate.ts";
import { plain } from "./plain.ts";

/** `gradus runs export RUN --output FILE`: one run as one static HTML file, which needs no server and no other file. */
export async function exportOne(
  given: Terminal,
  word: string,
  root: string,
  { output, lang }: { readonly output: string; readonly lang: string },
): Promise<number> {
  const language = languageOf(lang);
  // if the page goes to the standard output, everything else goes to the standard error
  const terminal = isStandardOutput(output) ? { ...given, out: given.errors } : given;
  const reader = openNamed("runs export", word, root);
  requireOutput("runs export: --output", output);
  const { exportRun } = await import("../../dashboard/on-request.ts");
  const page = exportRun(reader, dashboardPage(), { lang: language });
  await saveText(output, () => [page]);
  const sizeBytes = Buffer.byteLength(page);
  if (terminal.isJson) jsonLine(terminal.out, { type: "saved", path: outputPath(output), bytes: sizeBytes });
  else line(terminal.out, `${plain(reader.name)} saved to ${output} (${(sizeBytes / 2 ** 20).toFixed(1)} MiB)`);
  return EXIT.ok;
}
