import type { HostArray } from "../../core/dtype.ts";
import { GradusError } from "../../core/errors.ts";
import { formatShape, sameShape } from "../../core/shape.ts";
import { type Tree, treeLeaves } from "../../core/tree.ts";
import { MetricAverage } from "../evaluation-step.ts";
import type { BestValues, Run } from "../run.ts";
import type { TrainingSession } from "../session.ts";
import type { NamedArrays, RunIdentity, RunState } from "./run-state.ts";

/** A run between two steps, as data. Its last snapshot must be of the state now. */
export function capture(run: Run, identity: RunIdentity): RunState {
  const { plan, log, best, underWay } = run;
  return {
    values: named(log.snapshot),
    step: run.step,
    epoch: run.epoch,
    stepInEpoch: underWay.steps,
    underWay: {
      sums: underWay.average.sums,
      durationMs: underWay.durationMs,
      learningRate: underWay.learningRate,
    },
    rate: run.rate.changes,
    schedule: plan.schedule?.snapshot(),
    earlyStopping: plan.earlyStopping?.snapshot(),
    best: best && { epoch: best.epoch, step: best.step, values: named(best.state) },
    history: [...run.history],
    identity,
  };
}

/** Puts the run where the state was. The session must have the state's values already: see `requireSameArrays`. */
export function restore(run: Run, state: RunState, place: string): void {
  const { plan, session, history } = run;
  const { underWay, best, schedule, earlyStopping } = state;
  run.step = state.step;
  run.done = state.step;
  run.epoch = state.epoch;
  run.underWay = {
    average: MetricAverage.from(underWay.sums),
    steps: state.stepInEpoch,
    durationMs: underWay.durationMs,
    learningRate: underWay.learningRate,
  };
  for (const ended of state.history) history.push(ended);
  const remembers = schedule !== undefined && Object.keys(schedule).length > 0 && restoreSchedule(run, schedule);
  run.rate.restore(state.rate, remembers);
  if (earlyStopping !== undefined) plan.earlyStopping?.restore(earlyStopping);
  if (plan.earlyStopping?.isOver) run.reason = "early-stopping";
  if (best === undefined || plan.earlyStopping?.restoresBest !== true) return;
  run.best = { epoch: best.epoch, step: best.step, state: treeOf(session, best.values, place) };
}

/** What a schedule remembers is for its own kind. @returns whether it was taken over. */
function restoreSchedule({ plan }: Run, snapshot: Readonly<Record<string, number>>): boolean {
  const now = plan.schedule?.snapshot() ?? {};
  const isSame = Object.keys(now).length > 0 && Object.keys(now).every((name) => Object.hasOwn(snapshot, name));
  if (isSame) plan.schedule?.restore(snapshot);
  return isSame;
}

/** What `saveModel` would write of a state, by path: parameters, buffers, and averages. */
export function modelArrays({ parameters, buffers, averages }: BestValues): NamedArrays {
  return named({ parameters, buffers, averages });
}

function named(tree: unknown): NamedArrays {
  return new Map(treeLeaves(tree as Tree<HostArray>).map(({ path, leaf }) => [path, leaf]));
}

/** Arrays in the session's structure. */
function treeOf(session: TrainingSession, values: NamedArrays, place: string): BestValues {
  const { parameters, buffers, averages } = session.state.map((array, path) => {
    const value = values.get(path);
    if (value !== undefined || !IN_BEST.test(path)) return value as HostArray;
    throw mismatch(place, `it has no ${path} among its best weights`, { path, shape: array.shape });
  }) as unknown as BestValues;
  return { parameters, buffers, averages };
}

/** What a run keeps of its best epoch. */
const IN_BEST = /^(parameters|buffers|averages)\./;

/** @throws GradusError `resume-mismatch` unless the arrays are those of the session: as where a transform made by hand keeps others. */
export function requireSameArrays({ state }: TrainingSession, values: NamedArrays, place: string): void {
  const wanted = new Map(state.leaves.map(({ path, leaf }) => [path, leaf]));
  for (const [path, { shape, dtype }] of wanted) {
    const saved = values.get(path);
    if (saved === undefined) throw mismatch(place, `it has no ${path}`, { path });
    if (saved.dtype === dtype && sameShape(saved.shape, shape)) continue;
    const [has, needs] = [saved, { dtype, shape }].map((each) => `${each.dtype} ${formatShape(each.shape)}`);
    throw mismatch(place, `its ${path} is ${has}, and the run's is ${needs}`, { path });
  }
  const extra = [...values.keys()].find((path) => !wanted.has(path));
  if (extra !== undefined) throw mismatch(place, `this run has no ${extra}`, { path: extra });
}

function mismatch(place: string, what: string, values: object): GradusError {
  return new GradusError(
    "resume-mismatch",
    `resume: ${place} is another run: ${what}. Give the model, the clip and the optimiser that it had.`,
    { place, ...values },
  );
}
