import { type ReadonlySignal, signal } from "@preact/signals";

const dark = matchMedia("(prefers-color-scheme: dark)");
const current = signal<"light" | "dark">(dark.matches ? "dark" : "light");
dark.addEventListener("change", ({ matches }) => {
  current.value = matches ? "dark" : "light";
});

/** The system's theme, as it is now. */
export const systemTheme: ReadonlySignal<"light" | "dark"> = current;
