import { AXES, DEFAULT_VIEW, type Selection, SORTS, TABS, type View, type Zoom } from "./settings.ts";

/** How a part of the view is written into an address, and read from it; undefined where the text means nothing. */
interface Codec<Value> {
  readonly write: (value: Value) => string;
  readonly read: (text: string) => Value | undefined;
}

const text: Codec<string> = { write: encode, read: decode };
const truth: Codec<boolean> = {
  write: (value) => (value ? "1" : "0"),
  read: (written) => (written === "1" ? true : written === "0" ? false : undefined),
};
const names: Codec<readonly string[]> = {
  write: (value) => value.map(encode).join(","),
  read(written) {
    const parts = written === "" ? [] : written.split(",").map(decode);
    return parts.every((part) => part !== undefined) ? parts : undefined;
  },
};
const oneOf = <Value extends string>(values: readonly Value[]): Codec<Value> => ({
  write: encode,
  read: (written) => values.find((value) => value === written),
});

const ALL_RUNS = "*";
const selection: Codec<Selection> = {
  write: (value) => (value === "all" ? ALL_RUNS : value === "auto" ? "" : `,${names.write(value)}`),
  // a list begins with a comma: a run may have the name "*"
  read: (written) =>
    written === ALL_RUNS ? "all" : written.startsWith(",") ? names.read(written.slice(1)) : undefined,
};
const zoom: Codec<Zoom | undefined> = {
  write: (value) => (value === undefined ? "" : `${value.from}:${value.to}`),
  read(written) {
    const [from, to, more] = written.split(":").map((part) => (part.trim() === "" ? Number.NaN : Number(part)));
    const isRange = more === undefined && from !== undefined && to !== undefined && from < to;
    return isRange && Number.isFinite(from) && Number.isFinite(to) ? { from, to } : undefined;
  },
};
const share: Codec<number> = {
  write: String,
  read: (written) => (written !== "" && Number(written) >= 0 && Number(written) < 1 ? Number(written) : undefined),
};

/** The parts of the view in the address's order, with their names there. */
const CODECS = {
  tab: oneOf(TABS),
  runs: selection,
  open: {
    write: (value: string | undefined) => encode(value ?? ""),
    read: (written: string) => decode(written) || undefined,
  },
  filter: text,
  sort: oneOf(SORTS),
  isDescending: truth,
  groupBy: text,
  axis: oneOf(AXES),
  smoothing: share,
  isLog: truth,
  hasBands: truth,
  ignoresOutliers: truth,
  zoom,
  search: text,
  pinned: names,
  closed: names,
  layerMeasure: text,
  layer: text,
} as const satisfies { readonly [Key in keyof View]: Codec<View[Key]> };

const NAMES: Readonly<Record<keyof View, string>> = {
  tab: "tab",
  runs: "runs",
  open: "open",
  filter: "filter",
  sort: "sort",
  isDescending: "down",
  groupBy: "group",
  axis: "x",
  smoothing: "smooth",
  isLog: "log",
  hasBands: "bands",
  ignoresOutliers: "outliers",
  zoom: "zoom",
  search: "search",
  pinned: "pinned",
  closed: "closed",
  layerMeasure: "measure",
  layer: "layer",
};

const KEYS = Object.keys(NAMES) as readonly (keyof View)[];

/** A view as the fragment of an address: "tab=compare&runs=,a,b%2Fc". What is as it always is at first is left out. */
export function encodeView(view: View): string {
  return KEYS.flatMap((key) => {
    const write = CODECS[key].write as (value: unknown) => string;
    const written = write(view[key]);
    return written === write(DEFAULT_VIEW[key]) ? [] : [`${NAMES[key]}=${written}`];
  }).join("&");
}

/** The view that a fragment means. What is missing, unknown or broken is as it always is at first. */
export function decodeView(fragment: string): View {
  const parts = new Map(
    fragment.split("&").map((part) => {
      const sign = part.indexOf("=");
      return [part.slice(0, sign), part.slice(sign + 1)] as const;
    }),
  );
  const read = KEYS.flatMap((key) => {
    const written = parts.get(NAMES[key]);
    const value = written === undefined ? undefined : CODECS[key].read(written);
    return value === undefined ? [] : [[key, value] as const];
  });
  return { ...DEFAULT_VIEW, ...Object.fromEntries(read) };
}

/** Half of a surrogate pair cannot be in an address. */
function encode(value: string): string {
  return encodeURIComponent(value.replace(/[\ud800-\udfff]/gu, "\ufffd"));
}

function decode(written: string): string | undefined {
  try {
    return decodeURIComponent(written);
  } catch {
    return undefined;
  }
}
