import { isRecord } from "../../core/describe.ts";
import { GradusError } from "../../core/errors.ts";
import type { Json } from "../../io/checkpoint.ts";
import type { Model } from "../../nn/model.ts";
import type { Backend } from "../../runtime/backend.ts";
import type { FitOptions } from "../options.ts";
import type { Plan } from "../prepare.ts";
import { settingsOf, typed } from "../training.ts";
import { digestOfSamples } from "./digest.ts";
import { toPlain } from "./plain.ts";
import type { RunIdentity } from "./run-state.ts";

/** What a run is: its settings with their defaults, its samples, and what computes it. */
export async function identityOf(
  model: Model,
  options: FitOptions,
  plan: Plan,
  { description, threads }: Pick<Backend, "description" | "threads">,
): Promise<RunIdentity> {
  const { shuffle, dropLast, metrics, evaluationBatchSize, train, validation } = plan;
  const schedule = typed(options.schedule);
  const settings = { ...settingsOf(model.config, options), shuffle, dropLast, metrics, evaluationBatchSize, schedule };
  return {
    settings: toPlain(settings),
    data: {
      train: await digestOfSamples(train),
      validation: validation && (await digestOfSamples(validation)),
    },
    backend: description,
    threads,
  };
}

/** What a run may change when it goes on: how long, how fast, and how it is evaluated. Everything else makes it another run. */
const MAY_CHANGE = [
  "epochs",
  "evaluationBatchSize",
  "optimizer.learningRate",
  "schedule",
  "earlyStopping.patience",
  "earlyStopping.minDelta",
  "clip.maxNorm",
  "clip.value",
];

export interface Change {
  readonly from: Json | undefined;
  readonly to: Json | undefined;
}

/** The changes between a run and its continuation, by dotted path.
 *  @throws GradusError `resume-mismatch` for other samples and for a setting that may not change; `values.differences` has them all. */
export function changesOf(place: string, before: RunIdentity, now: RunIdentity): Readonly<Record<string, Change>> {
  const changes = differences(before.settings, now.settings);
  const refused = Object.entries(changes).filter(([path]) => !MAY_CHANGE.some((may) => isBelow(path, may)));
  const samples = (["train", "validation"] as const).filter((part) => before.data[part] !== now.data[part]);
  if (refused.length === 0 && samples.length === 0) return changes;
  const told = [
    ...samples.map((part) => `the ${part === "train" ? "training" : "validation"} samples are others`),
    ...refused.slice(0, MOST_TOLD).map(([path, { from, to }]) => `${path} was ${shown(from)}, is ${shown(to)}`),
    ...(refused.length > MOST_TOLD ? [`and ${refused.length - MOST_TOLD} more`] : []),
  ];
  throw new GradusError(
    "resume-mismatch",
    `resume: ${place} is another run: ${told.join("; ")}. Epochs, the learning rate, the schedule and patience may change; to train these weights in another way, give them as initialState.`,
    { place, samples, differences: Object.fromEntries(refused) },
  );
}

/** Why the last bits of a continued run may differ; undefined if they will not. */
export function whyBitsMayDiffer(before: RunIdentity, now: RunIdentity): string | undefined {
  if (before.backend !== now.backend) return `it was computed by ${before.backend}, and goes on with ${now.backend}`;
  if (before.threads !== now.threads) return `it had ${before.threads} threads, and goes on with ${now.threads}`;
  return undefined;
}

const MOST_TOLD = 8;
const MOST_CHARACTERS = 80;

function shown(value: Json | undefined): string {
  if (value === undefined) return "absent";
  const text = JSON.stringify(value);
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}

function isBelow(path: string, name: string): boolean {
  return path === name || path.startsWith(`${name}.`);
}

/** The leaves in which two values differ, by dotted path. */
function differences(before: Json | undefined, now: Json | undefined, path = ""): Record<string, Change> {
  if (JSON.stringify(before) === JSON.stringify(now)) return {};
  const [a, b] = [branchOf(before), branchOf(now)];
  if (a === undefined || b === undefined) return { [path]: { from: before, to: now } };
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
  return Object.assign(
    {},
    ...names.map((name) => differences(a[name], b[name], path === "" ? name : `${path}.${name}`)),
  ) as Record<string, Change>;
}

/** Lists of another length are compared as a whole. */
function branchOf(value: Json | undefined): Readonly<Record<string, Json>> | undefined {
  return isRecord(value) || Array.isArray(value) ? (value as Readonly<Record<string, Json>>) : undefined;
}
