import * as fs from "node:fs";
import { dirname } from "node:path";

/** Makes a folder and its missing parents. (Node's `recursive` never returns for folders below /proc.) */
export function makeFolder(folder: string, { mkdirSync }: Pick<typeof fs, "mkdirSync"> = fs): void {
  if (fs.statSync(folder, { throwIfNoEntry: false })?.isDirectory()) return;
  const above = dirname(folder);
  if (above !== folder) makeFolder(above, { mkdirSync });
  try {
    mkdirSync(folder);
  } catch (cause) {
    // another process may have made it in the meantime
    const isThere = (cause as NodeJS.ErrnoException).code === "EEXIST";
    if (!isThere || !fs.statSync(folder).isDirectory()) throw cause;
  }
}
