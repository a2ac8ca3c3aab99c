/** Outlines on a grid of 16, drawn with the text's colour. */
const PATHS = {
  play: "M4 2.5v11l9-5.5z",
  pause: "M4 2.5h3v11H4zM9 2.5h3v11H9z",
  step: "M3 2.5v11l6.5-5.5zM11 2.5h2v11h-2z",
  epoch: "M2 3v10l5-5zM7.5 3v10l5-5zM13 3h1.6v10H13z",
  reset: "M8 3a5 5 0 1 1-4.6 3.05l-1.5-.62A6.6 6.6 0 1 0 8 1.4V0L4.6 2.3 8 4.6z",
  undo: "M6.2 3.4V1L1.5 5l4.7 4V6.6h3.3a2.9 2.9 0 0 1 0 5.8H5v1.7h4.5a4.6 4.6 0 0 0 0-9.2z",
  redo: "M9.8 3.4V1l4.7 4-4.7 4V6.6H6.5a2.9 2.9 0 0 0 0 5.8H11v1.7H6.5a4.6 4.6 0 0 1 0-9.2z",
  add: "M7.2 2h1.6v5.2H14v1.6H8.8V14H7.2V8.8H2V7.2h5.2z",
  remove: "M3.6 2.5 8 6.9l4.4-4.4 1.1 1.1L9.1 8l4.4 4.4-1.1 1.1L8 9.1l-4.4 4.4-1.1-1.1L6.9 8 2.5 3.6z",
  duplicate: "M2 2h8v2H4v6H2zM6 6h8v8H6z",
  left: "M10.5 2 4.5 8l6 6 1.2-1.2L6.9 8l4.8-4.8z",
  right: "M5.5 2l6 6-6 6-1.2-1.2L9.1 8 4.3 3.2z",
  down: "M2 5.5l6 6 6-6-1.2-1.2L8 9.1 3.2 4.3z",
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
