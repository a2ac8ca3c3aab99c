import type { OpenPlace } from "../doctor/trial/places.ts";

// What stands in the place of `run-process.ts` where a bundle is made for hosts other than Node.

/** No host but Node has processes. */
export function processPlaces(): OpenPlace | undefined {
  return undefined;
}
