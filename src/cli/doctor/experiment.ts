import type { Diagnosis } from "../../doctor/diagnosis.ts";
import type { ExamineEvent } from "../../doctor/examine.ts";
import type { Finding } from "../../doctor/finding.ts";
import type { Experiment } from "../experiment.ts";
import { onInterrupt } from "../interrupt.ts";
import { saveText } from "../output.ts";
import { line, type Terminal } from "../terminal.ts";
import { examineProgress } from "./progress.ts";
import { type TellOptions, tell } from "./tell.ts";
import { type PreparedTraining, trainingOf, withSettings } from "./training-of.ts";
import { WORDS } from "./words.ts";

export interface ExamineFlags extends Omit<TellOptions, "extra"> {
  readonly budgetSeconds?: number | undefined;
  readonly trial: boolean;
  /** Path of the cured experiment. */
  readonly save?: string | undefined;
}

/** `gradus doctor FILE`: examines the experiment, tries remedies and reports. */
export async function examineExperiment(
  terminal: Terminal,
  file: string,
  experiment: Experiment,
  flags: ExamineFlags,
): Promise<number> {
  const words = WORDS[flags.lang];
  const { errors } = terminal;
  const prepared = await trainingOf(file, experiment, (text) => line(errors, text));
  const { training, heldOut } = prepared;
  const notes = heldOut ? [words.heldOut({ count: training.data.validation.length })] : [];
  for (const note of notes) line(errors, note);
  const progress = examineProgress(errors, flags.lang);
  const { signal, status, release } = onInterrupt((name) => {
    progress.end();
    line(errors, words.interrupting({ name }));
  });
  let known: readonly Finding[] = [];
  const onProgress = (event: ExamineEvent): void => {
    known = event.findings ?? known;
    if (!signal.aborted) progress.show(event);
  };
  const started = performance.now();
  try {
    const { examine } = await import("../../doctor/examine.ts");
    const { processPlaces } = await import("../../processes/run-process.ts");
    const diagnosis = await examine(training, {
      places: processPlaces(),
      name: experiment.name ?? file,
      budgetSeconds: flags.budgetSeconds,
      trial: flags.trial,
      backend: experiment.backend,
      threads: experiment.threads,
      signal,
      onProgress,
    }).catch((error: unknown): Diagnosis => {
      if (!signal.aborted || known.length === 0) throw error;
      return partial(experiment.name ?? file, training, known, (performance.now() - started) / 1000);
    });
    progress.end();
    if (signal.aborted) line(errors, words.interrupted);
    // even if the page cannot be written, the cured experiment is saved
    const printed = tell(terminal, diagnosis, { ...flags, extra: { notes, interrupted: signal.aborted } });
    await printed.catch(() => undefined);
    await saveCured(terminal, experiment, prepared, diagnosis, flags);
    return signal.aborted ? status() : await printed;
  } catch (error) {
    progress.end();
    if (!signal.aborted) throw error;
    line(errors, words.nothingKnown);
    return status();
  } finally {
    release();
  }
}

/** A diagnosis from the findings so far, if no run was completed. */
function partial(
  name: string,
  training: PreparedTraining["training"],
  findings: readonly Finding[],
  seconds: number,
): Diagnosis {
  return {
    name,
    training,
    findings,
    remarks: [],
    prescriptions: [],
    trials: [],
    verdict: findings.length > 0 ? "not-tried" : "undecided",
    runs: [],
    share: 1,
    seconds,
  };
}

async function saveCured(
  terminal: Terminal,
  experiment: Experiment,
  { heldOut }: PreparedTraining,
  { verdict, trials }: Diagnosis,
  { save, lang }: ExamineFlags,
): Promise<void> {
  if (save === undefined) return;
  const say = (text: string) => line(terminal.isJson ? terminal.errors : terminal.out, text);
  const settings = verdict === "cured" ? trials.at(-1)?.prescription.settings : undefined;
  if (settings === undefined) {
    if (verdict !== "healthy") say(WORDS[lang].notSaved);
    return;
  }
  const text = `${JSON.stringify(withSettings(experiment, settings, heldOut), null, 2)}\n`;
  await saveText(save, () => [text]);
  say(WORDS[lang].saved({ file: save }));
}
