/** Colours by role. Charts are drawn with a stand-in for each, which then becomes a variable of the style sheet, so that one drawing
 *  serves both themes. All but the grid have a contrast of 4.5:1 against surface and page, lines in the quiet colour 3:1. Series differ
 *  in lightness as well as in hue. */
const ROLES = {
  ink: { standIn: "#010101", light: "#1f2430", dark: "#e7e9ee" },
  muted: { standIn: "#020202", light: "#5c6371", dark: "#a3a9b6" },
  grid: { standIn: "#030303", light: "#e3e6eb", dark: "#333946" },
  surface: { standIn: "#040404", light: "#ffffff", dark: "#1b1f27" },
  page: { standIn: "#050505", light: "#f5f6f8", dark: "#12151b" },
  quiet: { standIn: "#060606", light: "#7d8594", dark: "#8f97a6" },
  /** Marks an edge beyond which content continues. */
  shade: { standIn: "#0b0b0b", light: "#c3c9d2", dark: "#000000" },
  first: { standIn: "#070707", light: "#2563c9", dark: "#6ea8fe" },
  second: { standIn: "#080808", light: "#b44e06", dark: "#ff9d5c" },
  third: { standIn: "#090909", light: "#0b7459", dark: "#45cfa9" },
  fourth: { standIn: "#0a0a0a", light: "#8a46c4", dark: "#c79bf2" },
} as const;

export type Role = keyof typeof ROLES;

/** The stand-in of a role, for chart options. */
export function colour(role: Role): string {
  return ROLES[role].standIn;
}

/** Replaces the stand-ins in a drawing with the variables. */
export function withVariables(svg: string): string {
  return Object.entries(ROLES).reduce((text, [role, { standIn }]) => text.replaceAll(standIn, `var(--${role})`), svg);
}

/** The definitions of the variables: light, and dark if the reader's system prefers it. */
export function themeCss(): string {
  const values = (scheme: "light" | "dark") =>
    Object.entries(ROLES)
      .map(([role, colours]) => `--${role}: ${colours[scheme]};`)
      .join(" ");
  return [
    `:root { color-scheme: light dark; ${values("light")} }`,
    `@media (prefers-color-scheme: dark) { :root { ${values("dark")} } }`,
  ].join("\n");
}

/** Colours of heat maps, from small to large: lightness rises steadily; readable in both themes.
 *  Source: viridis, van der Walt & Smith, 2015. */
export const HEAT = ["#440154", "#46327e", "#365c8d", "#277f8e", "#1fa187", "#4ac16d", "#a0da39", "#fde725"] as const;
