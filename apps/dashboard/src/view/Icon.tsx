/** Outlines on a grid of 16, drawn with the text's colour. */
const PATHS = {
  remove: "M3.6 2.5 8 6.9l4.4-4.4 1.1 1.1L9.1 8l4.4 4.4-1.1 1.1L8 9.1l-4.4 4.4-1.1-1.1L6.9 8 2.5 3.6z",
  right: "M5.5 2l6 6-6 6-1.2-1.2L9.1 8 4.3 3.2z",
  ascending: "M8 3l5 5-1.1 1.1-3.1-3V14H7.2V6.1l-3.1 3L3 8z",
  descending: "M8 13 3 8l1.1-1.1 3.1 3V2h1.6v7.9l3.1-3L13 8z",
  pin: "M5 1.5h6v1.6l-1 .8v3.3l2.4 2.2v1.5H8.8V15H7.2v-4.1H3.6V9.4L6 7.2V3.9l-1-.8z",
  best: "m8 1.6 1.9 4.2 4.6.5-3.4 3.1.9 4.5L8 11.6l-4 2.3.9-4.5L1.5 6.3l4.6-.5z",
  download: "M7.2 2h1.6v7.1l2.7-2.7 1.1 1.1L8 12.1 3.4 7.5l1.1-1.1 2.7 2.7zM2.5 13h11v1.5h-11z",
} as const;

export type IconName = keyof typeof PATHS;

/** Decoration: the button that holds it has the name. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={PATHS[name]} fill="currentColor" />
    </svg>
  );
}
