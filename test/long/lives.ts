import { type ChildProcess, spawn } from "node:child_process";
import { readdirSync, symlinkSync } from "node:fs";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import type { KilledTraining, Told } from "./run-training.ts";

const ROOT = fileURLToPath(new URL("../../", import.meta.url));

/** Bundles a program of this folder, which then starts in a fraction of the time.
 *  @param into an empty folder.
 *  @returns the path of the program. */
export async function bundled(program: string, into: string): Promise<string> {
  const outfile = join(into, `${program}.js`);
  await build({
    entryPoints: [join(ROOT, "test/long", `${program}.ts`)],
    outfile,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "es2023",
    external: ["koffi", "sharp", "commander", "jiti"],
    define: { GRADUS_VERSION: '"0.0.0"' },
    logLevel: "error",
  });
  // packages that are not built in are looked for from the program on upwards
  symlinkSync(resolve(ROOT, "node_modules"), join(into, "node_modules"), "junction");
  return outfile;
}

/** One process, from its start to its end. */
export interface Life {
  readonly wasKilled: boolean;
  /** The step from which it went on; null if it began; undefined if it was killed before. */
  readonly resumedAt: number | null | undefined;
  readonly end: Extract<Told, { type: "ended" }> | undefined;
  /** What it wrote to the error stream. */
  readonly complaints: string;
}

/** When a process is killed from outside: so long after its start, or after its training's. */
export interface Deadline {
  readonly from: "start" | "training";
  readonly afterMs: number;
}

/** Runs a process to its end.
 *  @throws Error if it ends in any other way than by itself or by a kill. */
export async function live(program: string, training: KilledTraining, deadline?: Deadline): Promise<Life> {
  const child = spawn(process.execPath, [program, JSON.stringify(training)], { stdio: ["ignore", "pipe", "pipe"] });
  let timer = deadline?.from === "start" ? killLater(child, deadline) : undefined;
  let complaints = "";
  let resumedAt: number | null | undefined;
  let end: Life["end"];
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    complaints += text;
  });
  createInterface({ input: child.stdout }).on("line", (line) => {
    const told = toldIn(line);
    if (told?.type === "started") {
      resumedAt = told.resumedAt;
      if (deadline?.from === "training") timer = killLater(child, deadline);
    } else if (told?.type === "ended") end = told;
  });
  const [code, signal] = await new Promise<readonly [number | null, string | null]>((ended, failed) => {
    child.on("error", failed);
    child.on("close", (...how) => ended(how));
  });
  clearTimeout(timer);
  const wasKilled = signal === "SIGKILL" && end === undefined;
  if (wasKilled || end !== undefined) return { wasKilled, resumedAt, end, complaints };
  throw new Error(`the training ended with ${code ?? signal}: ${complaints}`);
}

function killLater(child: ChildProcess, { afterMs }: Deadline): NodeJS.Timeout {
  return setTimeout(() => child.kill("SIGKILL"), afterMs);
}

/** A kill may cut a line off. */
function toldIn(line: string): Told | undefined {
  try {
    return JSON.parse(line) as Told;
  } catch {
    return undefined;
  }
}

/** Whether a process was killed while it saved: a draft is left, or more checkpoints than are kept. */
export function wasSaving(folder: string, keep: number): boolean {
  const names = readdirSync(folder);
  return names.some((name) => name.endsWith(".part")) || names.filter((name) => name.startsWith("step-")).length > keep;
}
