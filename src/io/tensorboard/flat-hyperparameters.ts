import { isRecord } from "../../core/describe.ts";
import type { Json } from "../checkpoint.ts";
import type { HyperparameterValue } from "./event-content.ts";

/** Longest text of a hyper-parameter. */
const LONGEST_TEXT = 200;

/** Settings as hyper-parameters: numbers, texts and truths by dotted path. A list is written as JSON, since its elements cannot be
 *  compared one by one; null is left out. Long texts are cut.
 *    { optimizer: { type: "adam" }, epochs: 3, units: [8, 2] }   ->   optimizer.type "adam", epochs 3, units "[8,2]" */
export function flatHyperparameters(settings: Json): Readonly<Record<string, HyperparameterValue>> {
  const flat = new Map<string, HyperparameterValue>();
  collect("", settings, flat);
  return Object.fromEntries(flat);
}

function collect(path: string, value: Json, flat: Map<string, HyperparameterValue>): void {
  if (value === null || value === undefined) return;
  if (isRecord(value)) {
    for (const [name, inner] of Object.entries(value))
      collect(path === "" ? name : `${path}.${name}`, inner as Json, flat);
  } else if (path !== "") {
    flat.set(
      path,
      typeof value === "object" ? cut(JSON.stringify(value)) : typeof value === "string" ? cut(value) : value,
    );
  }
}

function cut(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`;
}
