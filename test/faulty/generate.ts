// Writes the cases and data sets of this folder: node --import tsx test/faulty/generate.ts [folder], then npm run format.
// The output is reproducible: a test compares the stored files with it.
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { CATALOGUE } from "./catalogue/catalogue.ts";
import { DATA_SETS } from "./sets.ts";

/** Every file by its path within the folder. */
export function generatedFiles(): ReadonlyMap<string, string> {
  return new Map([
    ...Object.entries(DATA_SETS).map(([name, make]) => [`data/${name}.csv`, make()] as const),
    ...CATALOGUE.map((each) => [`cases/${each.name}.json`, `${JSON.stringify(each, null, 1)}\n`] as const),
  ]);
}

const [, script = "", folder = dirname(fileURLToPath(import.meta.url))] = process.argv;
if (import.meta.url === pathToFileURL(script).href) {
  for (const [path, content] of generatedFiles()) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}
