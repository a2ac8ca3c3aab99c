import type { Session } from "./session.ts";

/** What the lab is to do: train on, at most so many steps per second, until each network has done what it was asked for. */
export interface Goal {
  readonly stepsPerSecond: number | undefined;
  /** Whether a network has reached the goal. */
  readonly isReached: (session: Session) => boolean;
  /** Whether every step is read: a person steps one by one. */
  readonly isClose: boolean;
}

/** Steps by hand up to which every one is read. */
const FEW_STEPS = 10;

export function playGoal(stepsPerSecond: number | undefined): Goal {
  return { stepsPerSecond, isReached: () => false, isClose: false };
}

/** That many steps of each network. */
export function stepGoal(sessions: readonly Session[], count: number): Goal {
  const ends = new Map(sessions.map((session) => [session, session.step + count]));
  return {
    stepsPerSecond: undefined,
    isReached: (session) => session.step >= (ends.get(session) ?? 0),
    isClose: count <= FEW_STEPS,
  };
}

/** The end of each network's epoch. */
export function epochGoal(sessions: readonly Session[]): Goal {
  const ends = new Map(sessions.map((session) => [session, session.epoch + 1]));
  return {
    stepsPerSecond: undefined,
    isReached: (session) => session.epoch >= (ends.get(session) ?? 0),
    isClose: false,
  };
}

/** The sessions that take the next step: of those that have something left to do, the ones that are furthest behind. Networks with as many
 *  steps per epoch go in lockstep; others keep level in epochs. */
export function nextRound<Item extends { readonly session: Session }>(
  items: readonly Item[],
  goal: Goal,
): readonly Item[] {
  const open = items.filter(({ session }) => !session.hasFinished && !goal.isReached(session));
  const least = Math.min(...open.map(({ session }) => session.progress));
  return open.filter(({ session }) => session.progress <= least);
}
