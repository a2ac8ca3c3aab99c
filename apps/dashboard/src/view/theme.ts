import { keptSignal } from "gradus-parts/page/kept-signal.ts";

export const THEMES = ["auto", "light", "dark"] as const;
export type Theme = (typeof THEMES)[number];

/** The theme that a person chose; the browser keeps it. */
export const theme = keptSignal<Theme>("gradus-dashboard-theme", THEMES, "auto");
