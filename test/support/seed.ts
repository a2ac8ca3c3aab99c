// Loaded before every test file by scripts/test.mjs: all properties draw from one seed, so that a run can be repeated. `npm test` always
// uses the same seed; `npm run test:properties` uses a new one in every round and prints it. GRADUS_SEED sets it.
import fc from "fast-check";
import { GradusError } from "../../src/core/errors.ts";

/** The seed of `npm test`. */
export const FIXED_SEED = 1;

/** The seed of this run: GRADUS_SEED, or the fixed one if that is not set or empty.
 *  @throws GradusError `bad-argument` if it is not a 32-bit integer. */
export function seedOf(environment: NodeJS.ProcessEnv): number {
  const text = environment.GRADUS_SEED?.trim() ?? "";
  const seed = text === "" ? FIXED_SEED : Number(text);
  if (seed !== (seed | 0)) {
    throw new GradusError("bad-argument", `GRADUS_SEED must be an integer from -2^31 to 2^31 - 1, got ${text}.`, {
      text,
    });
  }
  return seed;
}

fc.configureGlobal({ seed: seedOf(process.env) });
