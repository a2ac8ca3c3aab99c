import type { RunSummary } from "gradus/dashboard-protocol";

/** The groups of measures, in the page's order. `named`: measures that share the first part of their name. */
export const MEASURE_GROUPS = ["pinned", "train", "validation", "layers", "named", "other"] as const;
export type MeasureGroupName = (typeof MEASURE_GROUPS)[number];

/** Charts that stand together under a heading. */
export interface MeasureGroup {
  readonly name: MeasureGroupName;
  /** What the heading says where it is not the group's own name: the shared first part, or the measure of layers. */
  readonly part: string | undefined;
  readonly measures: readonly string[];
}

/** Names a group in the address. */
export const keyOf = ({ name, part }: MeasureGroup) => (part === undefined ? name : `${name}:${part}`);

/** Measures of Gradus that say how the training goes, in the order in which they are read. */
const TRAIN = ["loss", "learningRate", "gradientNorm", "samplesPerSecond"];

/** The measures that a search finds, in groups: pinned ones, training, validation, layers by what is measured, the rest by the first part of
 *  its name, as tools write them ("eval/loss"). */
export function groupMeasures(
  names: readonly string[],
  { search, pinned }: { readonly search: string; readonly pinned: readonly string[] },
): readonly MeasureGroup[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const found = names.filter((name) => words.every((word) => name.toLowerCase().includes(word)));
  const isPinned = new Set(pinned);
  const groups = new Map<
    string,
    { readonly name: MeasureGroupName; readonly part: string | undefined; readonly measures: string[] }
  >();
  const put = (measure: string, name: MeasureGroupName, part?: string) => {
    const key = `${ORDER[name]} ${part ?? ""}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, { name, part, measures: [measure] });
    else known.measures.push(measure);
  };
  for (const name of pinned) if (found.includes(name)) put(name, "pinned");
  const rest = found.filter((name) => !isPinned.has(name));
  const shared = sharedParts(rest);
  for (const name of rest) put(name, ...placeOf(name, shared));
  return [...groups.values()].sort((a, b) => ORDER[a.name] - ORDER[b.name]);
}

/** Every measure of the runs, once: those of training first, the others in the order in which the runs have them. */
export function measureNames(runs: readonly Pick<RunSummary, "measures">[]): readonly string[] {
  const names = new Set(runs.flatMap(({ measures }) => measures.map(({ name }) => name)));
  const first = TRAIN.filter((name) => names.delete(name));
  return [...first, ...names];
}

const ORDER = { pinned: 0, train: 1, validation: 2, named: 3, other: 4, layers: 5 } satisfies Record<
  MeasureGroupName,
  number
>;

function placeOf(name: string, shared: ReadonlySet<string>): readonly [MeasureGroupName, string?] {
  const first = firstPart(name);
  if (TRAIN.includes(name) || first === "train") return ["train"];
  if (["validation", "ema", "swa", "test"].includes(first ?? "")) return ["validation"];
  if (first === "layers") return ["layers", name.slice(name.lastIndexOf("/") + 1)];
  return first !== undefined && shared.has(first) ? ["named", first] : ["other"];
}

/** First parts that more than one measure has. */
function sharedParts(names: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>();
  const shared = new Set<string>();
  for (const name of names) {
    const part = firstPart(name);
    if (part === undefined) continue;
    if (seen.has(part)) shared.add(part);
    seen.add(part);
  }
  return shared;
}

function firstPart(name: string): string | undefined {
  const end = name.indexOf("/");
  return end <= 0 ? undefined : name.slice(0, end);
}
