import { type ReadonlySignal, signal } from "@preact/signals";

/** Colours of charts by role, as the style sheet has them. */
export interface Palette {
  readonly isDark: boolean;
  readonly surface: string;
  readonly sunken: string;
  readonly line: string;
  readonly lineStrong: string;
  readonly text: string;
  readonly muted: string;
  readonly grid: string;
  readonly accent: string;
  readonly accentSoft: string;
  readonly good: string;
  readonly warn: string;
  readonly bad: string;
  /** Of networks A and B. */
  readonly series: readonly [string, string];
  readonly seriesTest: readonly [string, string];
  /** Of classes; more classes than colours begin anew. */
  readonly classes: readonly string[];
  readonly font: string;
}

/** Roles that are one colour, with the names of their custom properties and what stands in where a page has none: light, dark. */
const ROLES = {
  surface: ["--surface", "#ffffff", "#171b22"],
  sunken: ["--surface-sunken", "#edeff2", "#1f242d"],
  line: ["--line", "#d9dde4", "#2d343f"],
  lineStrong: ["--line-strong", "#7b8494", "#7d8796"],
  text: ["--text", "#161a22", "#e8ebf0"],
  muted: ["--muted", "#545c6b", "#a5adba"],
  grid: ["--grid", "#e6e9ee", "#262c36"],
  accent: ["--accent", "#0b6a73", "#5cc4cc"],
  accentSoft: ["--accent-soft", "#dcf0f1", "#17363b"],
  good: ["--good", "#17693f", "#6fd09c"],
  warn: ["--warn", "#7d5200", "#e6b85c"],
  bad: ["--bad", "#b3261e", "#ff8f83"],
} as const satisfies Readonly<Record<string, readonly [string, string, string]>>;

type Role = keyof typeof ROLES;

const SERIES = [
  ["--series-a", "#0b6a73", "#5cc4cc"],
  ["--series-b", "#a3369b", "#e08ad8"],
  ["--series-test-a", "#b45309", "#f0a04b"],
  ["--series-test-b", "#4f46b5", "#a9a3ff"],
] as const;

const CLASSES = [
  ["#c8620a", "#f2994a"],
  ["#2166b0", "#6aaef5"],
  ["#1a7f5a", "#5ccb95"],
  ["#a3369b", "#e08ad8"],
  ["#8a6d00", "#d8b93c"],
  ["#7a4a2b", "#c99873"],
  ["#4f46b5", "#a9a3ff"],
  ["#b3261e", "#ff8f83"],
  ["#48606e", "#9fb4c2"],
  ["#5f7a12", "#a9c34f"],
] as const;

const FONT = "system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'Noto Sans CJK KR', sans-serif";

/** The page's colours. They change with the theme. */
export const palette: ReadonlySignal<Palette> = watched();

export function classColour({ classes }: Palette, label: number): string {
  return classes[label % classes.length] ?? "#888888";
}

function watched(): ReadonlySignal<Palette> {
  const current = signal(readPalette());
  const read = () => {
    current.value = readPalette();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", read);
  new MutationObserver(read).observe(document.documentElement, {
    attributes: true,
    attributeFilter: ["data-theme", "class", "style"],
  });
  // style sheets may arrive after this module
  addEventListener("load", read, { once: true });
  return current;
}

function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const scheme = style.colorScheme;
  const isDark = scheme === "dark" || (scheme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  const colour = (name: string, light: string, dark: string) =>
    style.getPropertyValue(name).trim() || (isDark ? dark : light);
  const roles = Object.fromEntries(
    Object.entries(ROLES).map(([role, [name, light, dark]]) => [role, colour(name, light, dark)]),
  ) as Record<Role, string>;
  const [a, b, testA, testB] = SERIES.map(([name, light, dark]) => colour(name, light, dark)) as [
    string,
    string,
    string,
    string,
  ];
  return {
    ...roles,
    isDark,
    series: [a, b],
    seriesTest: [testA, testB],
    classes: CLASSES.map(([light, dark], index) => colour(`--class-${index}`, light, dark)),
    font: style.getPropertyValue("--font").trim() || FONT,
  };
}
