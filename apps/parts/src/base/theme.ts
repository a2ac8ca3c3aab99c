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

/** Roles that are one colour, with the names of their custom properties. */
const ROLES = {
  surface: "--surface",
  sunken: "--surface-sunken",
  line: "--line",
  lineStrong: "--line-strong",
  text: "--text",
  muted: "--muted",
  grid: "--grid",
  accent: "--accent",
  accentSoft: "--accent-soft",
  good: "--good",
  warn: "--warn",
  bad: "--bad",
} as const;

type Role = keyof typeof ROLES;

/** Colours of classes that the style sheet has. */
const CLASSES = 10;

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
  new MutationObserver(read).observe(document.documentElement, {
    attributes: true,
    attributeFilter: ["data-theme"],
  });
  // style sheets may arrive after this module
  addEventListener("load", read, { once: true });
  return current;
}

function readPalette(): Palette {
  const style = getComputedStyle(document.documentElement);
  const value = (name: string) => style.getPropertyValue(name).trim();
  const roles = Object.fromEntries(Object.entries(ROLES).map(([role, name]) => [role, value(name)])) as Record<
    Role,
    string
  >;
  return {
    ...roles,
    isDark: style.colorScheme === "dark",
    series: [value("--series-a"), value("--series-b")],
    seriesTest: [value("--series-test-a"), value("--series-test-b")],
    classes: Array.from({ length: CLASSES }, (_, index) => value(`--class-${index}`)),
    font: value("--font"),
  };
}
