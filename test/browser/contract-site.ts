import { writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { build } from "esbuild";

/** What the contract's page tells of a backend. */
export interface Kept {
  readonly description: string;
  readonly threads: number;
  readonly broken: readonly string[];
}

/** Bundles the backends' contract for a page, which runs it in a worker; `globalThis.trainings` is a promise of `Kept[]`. */
export async function bundleContract(outdir: string): Promise<void> {
  await build({
    entryPoints: { contract: resolve("test/browser/contract-page.ts") },
    bundle: true,
    splitting: true,
    format: "esm",
    outdir,
    logLevel: "silent",
  });
  writeFileSync(
    join(outdir, "index.html"),
    `<!doctype html><link rel="icon" href="data:,"><script>
    globalThis.trainings = new Promise((resolve, reject) => {
      const worker = new Worker("./contract.js", { type: "module" });
      worker.onmessage = ({ data }) => resolve(data);
      worker.onerror = ({ message }) => reject(new Error(message));
    });
    </script>`,
  );
}
