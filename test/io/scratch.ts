import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";

/** A separate folder for the calling test file, removed at its end. */
export function scratchFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "gradus-test-"));
  after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
