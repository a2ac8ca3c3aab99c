import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import type { GitState } from "./types.ts";

/** Longest time that the question for changed files may take, ms. */
const PATIENCE_MS = 1500;

/** The commit that a folder stands on, read from .git itself; only whether files were changed is asked of git. Undefined outside a
 *  repository, before its first commit, and if .git cannot be read. Never throws. */
export function gitState(folder: string): GitState | undefined {
  try {
    const found = findRepository(resolve(folder));
    if (found === undefined) return undefined;
    const head = readFileSync(join(found.git, "HEAD"), "utf8").trim();
    const ref = /^ref: (refs\/.+)$/.exec(head)?.[1];
    const commit = ref === undefined ? head : commitOf(found.git, ref);
    if (commit === undefined || !/^[0-9a-f]{40,64}$/.test(commit)) return undefined;
    return { commit, branch: ref?.replace(/^refs\/heads\//, ""), isDirty: isDirty(found.root) };
  } catch {
    return undefined;
  }
}

interface Repository {
  readonly root: string;
  readonly git: string;
}

function findRepository(folder: string): Repository | undefined {
  const git = join(folder, ".git");
  const found = statSync(git, { throwIfNoEntry: false });
  if (found?.isDirectory()) return { root: folder, git };
  if (found?.isFile()) {
    // a worktree or a submodule: the file says where
    const place = /^gitdir: (.+)$/m.exec(readFileSync(git, "utf8"))?.[1];
    return place === undefined ? undefined : { root: folder, git: resolve(folder, place.trim()) };
  }
  const above = dirname(folder);
  return above === folder ? undefined : findRepository(above);
}

function commitOf(git: string, ref: string): string | undefined {
  // worktrees share the branches of their repository
  const folders = [git, ...(read(join(git, "commondir"))?.map((shared) => resolve(git, shared)) ?? [])];
  for (const folder of folders) {
    const commit = read(join(folder, ref))?.[0];
    if (commit !== undefined) return commit;
    const line = read(join(folder, "packed-refs"))?.find((each) => each.endsWith(` ${ref}`));
    if (line !== undefined) return line.split(" ", 1)[0];
  }
  return undefined;
}

/** The lines of a file that have something; undefined if it cannot be read. */
function read(file: string): readonly string[] | undefined {
  try {
    return readFileSync(file, "utf8")
      .split("\n")
      .map((line) => line.trim())
      .filter((line) => line !== "");
  } catch {
    return undefined;
  }
}

function isDirty(root: string): boolean | undefined {
  try {
    // without programs that the repository's own settings name
    const found = execFileSync("git", ["-c", "core.fsmonitor=false", "status", "--porcelain", "--untracked-files=no"], {
      cwd: root,
      encoding: "utf8",
      timeout: PATIENCE_MS,
      maxBuffer: 2 ** 24,
      stdio: ["ignore", "pipe", "ignore"],
      windowsHide: true,
      env: { ...process.env, GIT_OPTIONAL_LOCKS: "0" },
    });
    return found.trim() !== "";
  } catch {
    return undefined;
  }
}
