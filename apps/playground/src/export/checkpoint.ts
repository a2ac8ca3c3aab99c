import type { ExportedFile } from "./files.ts";

/** A trained model as the file that `loadModel` and `gradus predict` read.
 *  @param bytes as the lab's answer to `export` has them. */
export function checkpointFile(bytes: Uint8Array, network: 0 | 1, networks: number): ExportedFile {
  const name = networks === 1 ? "network" : `network-${network === 0 ? "a" : "b"}`;
  return { name: `${name}.safetensors`, bytes };
}
