import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { runEnvironment } from "../../src/runs/environment.ts";
import { gitState } from "../../src/runs/git-state.ts";
import { scratchFolder } from "./scratch.ts";

const COMMIT = "0123456789abcdef0123456789abcdef01234567";

test("the environment says where a run was made", () => {
  const { gradus, node, platform, cores, memoryBytes, host, directory, command } = runEnvironment();
  assert.match(gradus, /^\d+\.\d+\.\d+/);
  assert.equal(node, process.versions.node);
  assert.ok(platform !== "" && cores > 0 && memoryBytes > 0 && host !== "");
  assert.equal(directory, process.cwd());
  assert.deepEqual(command, process.argv);
});

test("the commit is read from .git itself: a branch, packed, none checked out, a worktree", (context) => {
  const root = scratchFolder(context);
  const git = join(root, ".git");
  const put = (path: string, text: string) => {
    mkdirSync(join(git, path, ".."), { recursive: true });
    writeFileSync(join(git, path), text);
  };
  const found = () => {
    const state = gitState(join(root, "deep", "er"));
    return state && [state.commit, state.branch];
  };
  mkdirSync(join(root, "deep", "er"), { recursive: true });
  assert.equal(found(), undefined);
  put("HEAD", "ref: refs/heads/topic/one\n");
  assert.equal(found(), undefined, "before the first commit");
  put("packed-refs", `# pack-refs\n${COMMIT.replace("0", "f")} refs/heads/other\n${COMMIT} refs/heads/topic/one\n`);
  assert.deepEqual(found(), [COMMIT, "topic/one"]);
  put("refs/heads/topic/one", `${COMMIT.replace("0", "a")}\n`);
  assert.deepEqual(found(), [COMMIT.replace("0", "a"), "topic/one"]);
  put("HEAD", `${COMMIT}\n`);
  assert.deepEqual(found(), [COMMIT, undefined]);
  put("HEAD", "nonsense");
  assert.equal(found(), undefined);
  // a worktree: .git is a file that says where its own HEAD is, which shares the branches
  put("worktrees/w/HEAD", "ref: refs/heads/topic/one\n");
  put("worktrees/w/commondir", "../..\n");
  const tree = scratchFolder(context);
  writeFileSync(join(tree, ".git"), `gitdir: ${join(git, "worktrees", "w")}\n`);
  assert.equal(gitState(tree)?.commit, COMMIT.replace("0", "a"));
  rmSync(git, { recursive: true });
  assert.equal(gitState(tree), undefined);
});

test("changed files make a commit dirty", (context) => {
  const root = scratchFolder(context);
  const git = (...words: string[]) =>
    execFileSync("git", ["-c", "user.name=a", "-c", "user.email=a@b", ...words], { cwd: root, stdio: "pipe" });
  try {
    git("init", "--quiet");
  } catch {
    context.skip("git is not installed");
    return;
  }
  writeFileSync(join(root, "file"), "1");
  git("add", "file");
  git("commit", "--quiet", "--message", "first");
  assert.match(gitState(root)?.commit ?? "", /^[0-9a-f]{40,}$/);
  // undefined on a machine where git takes too long
  assert.notEqual(gitState(root)?.isDirty, true);
  writeFileSync(join(root, "file"), "22");
  assert.notEqual(gitState(root)?.isDirty, false);
});
