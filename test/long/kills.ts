// Trainings that are killed with SIGKILL at random moments, in the middle of a save too, and started again until they finish: final weights,
// history and best weights must be those of the training that was never stopped, to the last bit.
//   npm run test:kills [-- --help]
import { randomInt } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { GradusError, requireArgument } from "../../src/core/errors.ts";
import { LASTING } from "../support/lasting.ts";
import { SAVE_CALLS } from "./deadly-calls.ts";
import { killSaves } from "./kill-saves.ts";
import { type Death, differencesOf, type Killed, killedRun, type Remains } from "./killed-run.ts";
import { bundled, live } from "./lives.ts";
import { generator, type Random } from "./random-choice.ts";
import type { KilledTraining } from "./run-training.ts";

const BACKENDS = ["wasm", "native"] as const;
/** Kills in one run, at most. */
const KILLS_A_RUN = 10;
const EPOCHS = 24;
const EVERY_STEPS = 3;

const HELP = `npm run test:kills -- [options]

  --backend NAME   ${BACKENDS.join(" or ")}; default wasm
  --kills N        kills in all, spread over the trainings; default 200
  --threads N      default 2
  --saves N        in place of trainings: N kills in the saves of large checkpoints, each of which must load and be right
  --megabytes N    size of those checkpoints, in MiB; default 200
  --seed N         of the moments, an integer; default: random, and printed
  --help           this text

Exit status: 0 if every run ended as the one that was never stopped, 1 if not, 2 for wrong arguments.`;

/** The next way to die: a quarter of the processes kill themselves at a system call of a save. */
function nextDeath(random: Random, { trainingMs, startMs }: Pace): Death {
  const kind = random.below(20);
  if (kind < 2) return { deadline: { from: "start", afterMs: random.below(startMs) } };
  if (kind < 12) return { deadline: { from: "training", afterMs: random.below(trainingMs) } };
  const call = random.among(SAVE_CALLS);
  const count = 1 + random.below(call === "writeSync" ? 100 : 15);
  return { deadly: { call, count, when: random.among(["before", "after"]) } };
}

/** How long a process takes, to choose moments that hit it. */
interface Pace {
  readonly startMs: number;
  readonly trainingMs: number;
}

/** What a training leaves that is never stopped, with checkpoints and without. */
async function untouched(program: string, training: KilledTraining, folder: string) {
  const start = performance.now();
  const { end } = await live(program, training);
  const total = performance.now() - start;
  if (end === undefined) throw new Error("the training without checkpoints did not end");
  const saving = await killedRun(program, { ...training, folder }, []);
  if (JSON.stringify(saving.remains.left) !== JSON.stringify(end.left)) {
    throw new Error(`${training.training}: checkpoints alone change the result`);
  }
  return { remains: saving.remains, pace: { startMs: total - end.durationMs, trainingMs: end.durationMs } };
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      backend: { type: "string", default: "wasm" },
      kills: { type: "string", default: "200" },
      threads: { type: "string", default: "2" },
      saves: { type: "string" },
      megabytes: { type: "string", default: "200" },
      seed: { type: "string", default: String(randomInt(2 ** 31)) },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  const backend = BACKENDS.find((name) => name === values.backend);
  requireArgument(backend !== undefined, `--backend must be ${BACKENDS.join(" or ")}, got ${values.backend}.`);
  const [kills, threads, seed] = [Number(values.kills), Number(values.threads), Number(values.seed)];
  requireArgument(Number.isInteger(kills) && kills >= 1, `--kills must be 1 or more, got ${values.kills}.`);
  requireArgument(Number.isInteger(threads) && threads >= 1, `--threads must be 1 or more, got ${values.threads}.`);
  requireArgument(Number.isInteger(seed), `--seed must be an integer, got ${values.seed}.`);
  if (values.saves !== undefined) {
    const [saves, megabytes] = [Number(values.saves), Number(values.megabytes)];
    requireArgument(Number.isInteger(saves) && saves >= 1, `--saves must be 1 or more, got ${values.saves}.`);
    requireArgument(megabytes > 0, `--megabytes must be more than 0, got ${values.megabytes}.`);
    console.log(`${saves} kills in saves of ${megabytes} MiB, seed ${seed}`);
    return (await killSaves(saves, megabytes, seed)) > 0 ? 1 : 0;
  }
  const scratch = mkdtempSync(join(tmpdir(), "gradus-kills-"));
  try {
    return await killAll({ backend, kills, threads, seed }, scratch);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

async function killAll(
  asked: Pick<KilledTraining, "backend" | "threads"> & { readonly kills: number; readonly seed: number },
  scratch: string,
): Promise<number> {
  const { backend, threads, seed } = asked;
  console.log(`${asked.kills} kills, ${backend}, ${threads} threads, seed ${seed}`);
  const started = performance.now();
  const program = await bundled("killed-training", scratch);
  const random = generator(seed);
  const expected = new Map<string, { readonly remains: Remains; readonly pace: Pace }>();
  const total = { kills: 0, duringSave: 0, resumes: 0, runs: 0, different: 0 };
  while (total.kills < asked.kills) {
    const names = Object.keys(LASTING);
    const name = names[total.runs % names.length] as string;
    const training = { training: name, backend, threads, epochs: EPOCHS, every: EVERY_STEPS };
    const place = (kind: string) => join(scratch, `${kind}-${total.runs}`);
    const whole = expected.get(name) ?? (await untouched(program, training, place("whole")));
    expected.set(name, whole);
    const most = Math.min(KILLS_A_RUN, asked.kills - total.kills);
    // a share of the whole, so that most come before the end
    const pace = { ...whole.pace, trainingMs: (3 * whole.pace.trainingMs) / most };
    const folder = place("killed");
    mkdirSync(folder);
    const killed = await killedRun(
      program,
      { ...training, folder },
      Array.from({ length: most }, () => nextDeath(random, pace)),
    );
    const wrong = faultsOf(whole.remains, killed);
    total.runs++;
    total.kills += killed.kills;
    total.duringSave += killed.duringSave;
    total.resumes += killed.resumes;
    total.different += wrong.length > 0 ? 1 : 0;
    const verdict = wrong.length === 0 ? "same bits" : `DIFFERENT: ${wrong.join("; ")}`;
    console.log(
      `run ${total.runs}, ${name}: ${killed.kills} kills, ${killed.duringSave} during a save, ${killed.resumes} resumes: ${verdict} (${total.kills} kills so far)`,
    );
    if (wrong.length === 0) rmSync(folder, { recursive: true, force: true });
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  console.log(
    `${backend}: ${total.kills} kills in ${total.runs} runs, ${total.duringSave} of them during a save; ${total.resumes} resumes; ${total.different} runs with differences; ${seconds} s`,
  );
  return total.different > 0 ? 1 : 0;
}

function faultsOf(expected: Remains, { remains, complaints }: Killed): readonly string[] {
  return [...differencesOf(expected, remains), ...(complaints === "" ? [] : [`it wrote: ${complaints.trim()}`])];
}

try {
  process.exitCode = await main();
} catch (error) {
  console.error(`test:kills: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = error instanceof GradusError && error.code === "bad-argument" ? 2 : 1;
}
