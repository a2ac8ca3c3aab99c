/** Steps between two readings at first, and the number of steps for which that holds. */
const EVERY = 10;
const DENSE = 100;
/** Later: the ratio of successive steps. The distance grows with the steps done, so that a run of any length has some tens of readings. */
const GROWTH = 1.25;

/** Whether to read the step after `done` others: the first, every 10th for 100 steps, then at distances that grow by a quarter:
 *    1, 11, 21, …, 101, 126, 157, 196, 245, 306, …
 *  A run of 1,000 steps has 21 readings, one of 100,000 has 42. */
export function isSampled(done: number): boolean {
  if (done <= DENSE) return done % EVERY === 0;
  // done is the largest integer at or below DENSE * GROWTH^k
  const exponent = Math.log(done / DENSE) / Math.log(GROWTH);
  return [Math.floor(exponent), Math.ceil(exponent), Math.round(exponent)].some(
    (k) => Math.floor(DENSE * GROWTH ** k) === done,
  );
}
