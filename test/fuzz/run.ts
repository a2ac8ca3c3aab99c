import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

/** A case that was neither read nor refused with a GradusError within the limits. */
export interface Fault {
  readonly index: number;
  /** raw: another error; slow, memory: over the limit; dead: the process ended or hung */
  readonly what: "raw" | "slow" | "memory" | "dead";
  readonly kind: string;
  readonly detail: string;
}

export interface FuzzResult {
  readonly faults: readonly Fault[];
  /** "npy read", "npy bad-data", …: the number of cases with this outcome */
  readonly outcomes: Readonly<Record<string, number>>;
}

interface Stretch {
  readonly faults: readonly Fault[];
  readonly outcomes: Readonly<Record<string, number>>;
  /** all specimens were read unchanged */
  readonly isBegun: boolean;
  /** the last case that was being read */
  readonly last: number;
  readonly kind: string;
  /** all were read, unless one took too much memory */
  readonly isDone: boolean;
  readonly errors: string;
}

const WORKER = fileURLToPath(new URL("worker.ts", import.meta.url));
/** A process that prints no line for this long counts as hung: far longer than a busy machine takes for one case or for the start. */
const HANG_MS = 60_000;
const START_MS = 300_000;
/** Above the memory limit of a case, so that the limit takes effect first. */
const HEAP_MIB = 400;

/** Cases [from, to) in one process, until it ends, hangs or takes too much memory. */
function runStretch(seed: number, from: number, to: number, repeats: number): Promise<Stretch> {
  const folder = mkdtempSync(join(tmpdir(), "gradus-fuzz-"));
  const flags = ["--expose-gc", `--max-old-space-size=${HEAP_MIB}`, "--import", "tsx", WORKER, folder];
  const words = [seed, from, to, repeats].map(String);
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...flags, ...words], {
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, GRADUS_BACKEND: "reference", NO_COLOR: "1", DEBUG: "1", NODE_OPTIONS: "" },
    });
    const faults: Fault[] = [];
    let [isBegun, isDone, last, kind, errors] = [false, false, from, "", ""];
    let outcomes: Readonly<Record<string, number>> = {};
    let watchdog = setTimeout(() => child.kill("SIGKILL"), START_MS);
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      errors = `${errors}${text}`.slice(-2000);
    });
    createInterface({ input: child.stdout }).on("line", (line) => {
      const told = line.slice(2);
      if (line.startsWith("s ")) {
        [last, kind] = [Number(told.split(" ")[0]), told.split(" ")[1] as string];
        clearTimeout(watchdog);
        watchdog = setTimeout(() => child.kill("SIGKILL"), HANG_MS);
      } else if (line.startsWith("f ")) faults.push(JSON.parse(told) as Fault);
      else if (line === "b") isBegun = true;
      else if (line.startsWith("d ")) {
        isDone = true;
        outcomes = JSON.parse(told) as Readonly<Record<string, number>>;
      }
    });
    child.on("error", reject);
    child.on("close", () => {
      clearTimeout(watchdog);
      rmSync(folder, { recursive: true, force: true });
      resolve({ faults, outcomes, isBegun, last, kind, isDone, errors });
    });
  });
}

/** Whether a case also fails alone, in a new process, at the best of three tries. */
async function confirmed(seed: number, suspect: Fault): Promise<Fault | undefined> {
  const { faults, isDone, errors } = await runStretch(seed, suspect.index, suspect.index + 1, 3);
  if (!isDone) return { ...suspect, what: "dead", detail: errors };
  return faults[0];
}

/** Reads cases [from, to) of a seed in separate processes. A case that seems slow, large or dead is run again alone.
 *  @param onFault receives each fault as soon as it is certain. */
export async function fuzz(
  seed: number,
  from: number,
  to: number,
  onFault: (fault: Fault) => void = () => {},
): Promise<FuzzResult> {
  const faults: Fault[] = [];
  const outcomes: Record<string, number> = {};
  for (let next = from; next < to; ) {
    const stretch = await runStretch(seed, next, to, 1);
    if (!stretch.isBegun) throw new Error(`the process that reads the cases did not start: ${stretch.errors}`);
    const suspects = [...stretch.faults];
    if (!stretch.isDone)
      suspects.push({ index: stretch.last, what: "dead", kind: stretch.kind, detail: stretch.errors });
    for (const suspect of suspects) {
      const fault = suspect.what === "raw" ? suspect : await confirmed(seed, suspect);
      if (fault === undefined) continue;
      faults.push(fault);
      onFault(fault);
    }
    for (const [name, count] of Object.entries(stretch.outcomes)) outcomes[name] = (outcomes[name] ?? 0) + count;
    next = stretch.last + 1;
  }
  return { faults, outcomes };
}
