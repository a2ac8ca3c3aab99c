import { isRecord } from "../../core/describe.ts";
import { GradusError } from "../../core/errors.ts";
import { decodeCheckpoint, encodeCheckpoint, type Json } from "../../io/checkpoint.ts";
import { digestOf } from "./digest.ts";
import { fromPlain, toPlain } from "./plain.ts";
import type { NamedArrays, RunIdentity, RunState, SavedRun } from "./run-state.ts";

// A run's state as one safetensors file. Weights and running statistics have the names that `saveModel` gives them, so that `loadModel` and
// other readers of the format find them; all else of the run begins with "run.".

/** What the names of arrays begin with that belong to the run and not to its model. */
export const RUN_ARRAYS = "run.";
const BEST_ARRAYS = `${RUN_ARRAYS}best.`;
const OF_MODEL = /^(parameters|buffers|averages)\./;

/** Digits of a digest that are kept: 64 bits. */
const DIGITS = 16;

/** @throws GradusError as `encodeCheckpoint`. */
export async function encodeRun({ state, model, featureNames, about }: SavedRun): Promise<Uint8Array> {
  const { values, best, identity, ...rest } = state;
  const arrays = new Map([
    ...[...values].map(([path, array]) => [OF_MODEL.test(path) ? path : RUN_ARRAYS + path, array] as const),
    ...[...(best?.values ?? [])].map(([path, array]) => [BEST_ARRAYS + path, array] as const),
  ]);
  const run = toPlain({ ...rest, best: best && { epoch: best.epoch, step: best.step } });
  const { settings, data, backend, threads } = identity;
  const checksums = Object.fromEntries(await checksumsOf(arrays));
  const metadata: Record<string, Json> = {
    model,
    about,
    run,
    // its settings are plain already
    identity: { settings, data: toPlain(data), backend, threads },
    checksums,
  };
  if (featureNames !== undefined) metadata.featureNames = featureNames;
  metadata.checksum = await digestOfJson(metadata);
  return encodeCheckpoint({ arrays, metadata });
}

/** Either the very run that was written, or an error.
 *  @param file for messages.
 *  @throws GradusError `checksum-mismatch` with the array that was changed; `bad-data` for a file that holds no run; as `decodeCheckpoint`. */
export async function decodeRun(bytes: Uint8Array, file: string): Promise<SavedRun> {
  const { arrays, metadata } = decodeCheckpoint(bytes, file);
  const { checksum, ...fields } = (isRecord(metadata) ? metadata : {}) as { readonly [name: string]: Json };
  const { run, identity, checksums, model = null, about = null, featureNames } = fields;
  if (run === undefined || identity === undefined || !isRecord(checksums)) {
    throw new GradusError(
      "bad-data",
      `${file}: a model without the state of its run. Expected a checkpoint of a run; give it to fit as initialState to train on from its weights.`,
      { file },
    );
  }
  if (checksum !== (await digestOfJson(fields))) throw damaged(file, "its description");
  for (const [path, found] of await checksumsOf(arrays)) {
    if (!Object.hasOwn(checksums, path) || checksums[path] !== found) throw damaged(file, path);
  }
  const missing = Object.keys(checksums).find((path) => !arrays.has(path));
  if (missing !== undefined) throw damaged(file, missing);
  return {
    state: stateOf({ ...(fromPlain(run) as RunState), identity: identity as unknown as RunIdentity }, arrays),
    model,
    featureNames: featureNames as readonly string[] | undefined,
    about,
  };
}

/** The state with its arrays. Absent fields were written as absent or null. */
function stateOf(plain: RunState, arrays: NamedArrays): RunState {
  const values = new Map<string, NamedArrays extends ReadonlyMap<string, infer A> ? A : never>();
  const best = new Map(values);
  for (const [path, array] of arrays) {
    if (path.startsWith(BEST_ARRAYS)) best.set(path.slice(BEST_ARRAYS.length), array);
    else values.set(path.startsWith(RUN_ARRAYS) ? path.slice(RUN_ARRAYS.length) : path, array);
  }
  return { ...plain, values, best: plain.best && { ...plain.best, values: best } };
}

/** Of every array: of its type, its shape and its bytes. */
function checksumsOf(arrays: NamedArrays): Promise<readonly (readonly [string, string])[]> {
  return Promise.all(
    [...arrays].map(async ([path, { dtype, shape, data }]) => {
      const digest = await digestOf(data);
      return [path, await digestOfJson([dtype, data.constructor.name, shape, digest])] as const;
    }),
  );
}

async function digestOfJson(metadata: Json): Promise<string> {
  return (await digestOf(new TextEncoder().encode(JSON.stringify(metadata)))).slice(0, DIGITS);
}

function damaged(file: string, what: string): GradusError {
  return new GradusError(
    "checksum-mismatch",
    `${file}: ${what} is not what was written (its checksum differs): the file is damaged. Use an earlier checkpoint.`,
    { file, array: what },
  );
}
