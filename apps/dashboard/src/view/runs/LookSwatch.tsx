import { DASHES, type Look } from "../../state/looks.ts";

/** How a run's curves look, as a short line. */
export function LookSwatch({ look }: { readonly look: Look | undefined }) {
  return (
    <svg class="look" width="18" height="10" viewBox="0 0 18 10" aria-hidden="true" focusable="false">
      <path
        d="M0,5H18"
        stroke-width="3"
        stroke={colourOf(look)}
        stroke-dasharray={(DASHES[look?.dash ?? 0] ?? []).join(" ")}
      />
    </svg>
  );
}

export const colourOf = (look: Look | undefined) => `var(--class-${look?.colour ?? 0})`;
