// Writes large checkpoints one after the other, from the newest in the folder on, until it is killed. Prints a line before and after each,
// and when its first bytes are about to be written.
//   node large-save.js FOLDER MEGABYTES
import * as fs from "node:fs";
import type { HostArray } from "../../src/core/dtype.ts";
import { checkpointFolder } from "../../src/files/checkpoint-folder.ts";
import { Checkpoints, latestRun } from "../../src/train/checkpoints/checkpoints.ts";
import { largeRun } from "./large-run.ts";

const [folder = "", megabytes = "1"] = process.argv.slice(2);
const openSync = (path: string, flags: string, mode?: number) => {
  console.log("writing");
  return fs.openSync(path, flags, mode);
};
const store = checkpointFolder(folder, { ...fs, openSync: openSync as typeof fs.openSync });
const newest = await latestRun(store, (text) => console.error(text));
const checkpoints = new Checkpoints(store, 2);
const data = new Float32Array((Number(megabytes) * 2 ** 20) / Float32Array.BYTES_PER_ELEMENT);
const weight: HostArray = { dtype: "float32", shape: [data.length], data };
console.log("ready");
for (let step = (newest?.state.step ?? 0) + 1; ; step++) {
  console.log(`saving ${step}`);
  await checkpoints.save(largeRun(step, weight));
  console.log(`saved ${step}`);
}
