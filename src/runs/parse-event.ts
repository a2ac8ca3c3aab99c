import { isRecord } from "../core/describe.ts";
import type { Json } from "../io/checkpoint.ts";
import { numberIn } from "./event-line.ts";
import type { RunEvent } from "./types.ts";

/** How a field of an event is read. Undefined: it is not what it should be. */
type Read = (value: unknown) => unknown;

interface FieldRule {
  readonly read: Read;
  readonly isOptional?: true;
}

const count: FieldRule = { read: (value) => (Number.isFinite(value) && (value as number) >= 0 ? value : undefined) };
const number: FieldRule = { read: numberIn };
const text: FieldRule = { read: (value) => (typeof value === "string" ? value : undefined) };
const flag: FieldRule = { read: (value) => (typeof value === "boolean" ? value : undefined) };
const json: FieldRule = { read: (value) => value as Json | undefined };
const numbers: FieldRule = { read: numbersOf };
const values: FieldRule = { read: (value) => (isRecord(value) ? value : undefined) };
const optional = ({ read }: FieldRule): FieldRule => ({ read, isOptional: true });

const BEGUN = {
  backend: text,
  threads: count,
  epochs: count,
  stepsPerEpoch: count,
  parameters: count,
  samples: count,
  validationSamples: count,
  step: count,
  changes: optional(values),
};

/** The fields of each type of event, besides `at` and `type`. */
const FIELDS = {
  started: BEGUN,
  resumed: BEGUN,
  epoch: {
    epoch: count,
    step: count,
    train: numbers,
    validation: optional(numbers),
    samplesPerSecond: number,
    learningRate: optional(number),
    isBest: optional(flag),
  },
  checkpoint: { step: count, epoch: count, file: text, bytes: count, ms: number },
  finding: { step: count, finding: json },
  notFinite: { step: count, epoch: count, layer: optional(text), tensor: text },
  stopped: { reason: text, epoch: count, step: count },
  test: { metrics: numbers },
} satisfies {
  readonly [Type in RunEvent["type"]]: Readonly<
    Record<Exclude<keyof Extract<RunEvent, { type: Type }>, "at" | "type">, FieldRule>
  >;
};

/** The event of a line of events.jsonl; fields that no event has are left out. "unknown": a type that this version does not know.
 *  Undefined: not an event. */
export function parseEvent(line: string): RunEvent | "unknown" | undefined {
  const found = parsed(line);
  if (!isRecord(found) || typeof found.type !== "string") return undefined;
  const at = numberIn(found.at);
  if (at === undefined) return undefined;
  const { type } = found;
  if (!Object.hasOwn(FIELDS, type)) return "unknown";
  const event: Record<string, unknown> = { at, type };
  for (const [name, { read, isOptional }] of Object.entries<FieldRule>(FIELDS[type as RunEvent["type"]])) {
    const given = Object.hasOwn(found, name) ? found[name] : undefined;
    if (given === undefined && isOptional) continue;
    const value = read(given);
    if (value === undefined) return undefined;
    event[name] = value;
  }
  return event as unknown as RunEvent;
}

function numbersOf(value: unknown): Readonly<Record<string, number>> | undefined {
  if (!isRecord(value)) return undefined;
  const entries = Object.entries(value).map(([name, each]) => [name, numberIn(each)] as const);
  return entries.some(([, each]) => each === undefined)
    ? undefined
    : (Object.fromEntries(entries) as Readonly<Record<string, number>>);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
