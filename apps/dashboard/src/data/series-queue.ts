import type { SeriesRequest } from "gradus/dashboard-protocol";
import type { Frame } from "./frames.ts";

export type SeriesWish = SeriesRequest["series"][number];

interface Waiting {
  readonly wish: SeriesWish;
  readonly isWanted: () => boolean;
  readonly done: (frame: Frame) => void;
  readonly failed: (error: Error) => void;
}

export interface QueueOptions {
  readonly ask: (request: SeriesRequest) => Promise<readonly Frame[]>;
  /** Places of each curve. */
  readonly points: number;
  /** Most series in one request. Default 200. */
  readonly most?: number | undefined;
  /** Most requests at a time. Default 2. */
  readonly atOnce?: number | undefined;
  /** Runs a task when all that is wished for in this turn has been wished for. Default: as a microtask, before the page draws anything. */
  readonly later?: ((task: () => void) => void) | undefined;
}

/** Puts wishes for series together into few requests. What is no longer wanted when its turn comes is not asked for. */
export interface SeriesQueue {
  /** @param isWanted is asked when the wish is about to be sent. Neither function is called for a wish that was dropped. */
  want(wish: SeriesWish, isWanted: () => boolean, done: (frame: Frame) => void, failed: (error: Error) => void): void;
}

export function createSeriesQueue(options: QueueOptions): SeriesQueue {
  const { ask, points, most = 200, atOnce = 2, later = queueMicrotask } = options;
  let waiting: Waiting[] = [];
  let running = 0;
  let isPlanned = false;

  function plan(): void {
    if (isPlanned || running >= atOnce || waiting.length === 0) return;
    isPlanned = true;
    later(() => {
      isPlanned = false;
      send();
    });
  }

  function send(): void {
    waiting = waiting.filter(({ isWanted }) => isWanted());
    while (waiting.length > 0 && running < atOnce) {
      const part = waiting.splice(0, most);
      running++;
      ask({ series: part.map(({ wish }) => wish), points })
        .then(
          (frames) =>
            part.forEach(({ done }, index) => {
              const frame = frames[index];
              if (frame !== undefined) done(frame);
            }),
          (error: Error) => {
            for (const { failed } of part) failed(error);
          },
        )
        .finally(() => {
          running--;
          plan();
        });
    }
  }

  return {
    want(wish, isWanted, done, failed) {
      waiting.push({ wish, isWanted, done, failed });
      plan();
    },
  };
}
