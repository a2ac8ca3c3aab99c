import assert from "node:assert/strict";
import { cpSync } from "node:fs";
import { join } from "node:path";
import { type BuildResult, build } from "esbuild";

/** What the page of test/browser/site tells of a training. */
export interface Training {
  readonly name: string;
  readonly threads: number;
  readonly description: string;
  readonly losses: readonly number[];
  readonly outputs: readonly number[];
}

/** Bundles the site in a project that has installed the package.
 *  @returns the folder to serve. */
export async function bundleSite(project: string): Promise<{ readonly folder: string; readonly built: BuildResult }> {
  const folder = join(project, "esbuild");
  const built = await build({
    absWorkingDir: project,
    entryPoints: ["page.js", "worker.js"],
    bundle: true,
    splitting: true,
    format: "esm",
    outdir: folder,
    metafile: true,
    logLevel: "silent",
  });
  cpSync(join(project, "index.html"), join(folder, "index.html"));
  return { folder, built };
}

/** Both trainings of the site: on the page's own thread, in a worker. */
export function requireTrainings([here, inWorker]: readonly [Training, Training], isIsolated: boolean): void {
  for (const { name, losses } of [here, inWorker]) {
    assert.equal(name, "wasm");
    assert.ok((losses.at(-1) as number) < 0.3, `${losses}`);
  }
  assert.equal(here.threads, 1);
  assert.equal(inWorker.threads, isIsolated ? 2 : 1);
  assert.match(here.description, isIsolated ? /main thread may not wait/ : /not cross-origin isolated/);
  assert.match(inWorker.description, isIsolated ? /2 threads$/ : /not cross-origin isolated/);
  // the number of threads changes no bit
  assert.deepEqual(inWorker.losses, here.losses);
  assert.deepEqual(inWorker.outputs, here.outputs);
}
