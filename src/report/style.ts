import { themeCss } from "./theme.ts";

/** The style sheet of all reports: for any width, light and dark themes, and paper. */
export function reportCss(): string {
  return `${themeCss()}
* { box-sizing: border-box; }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
main { max-width: 1000px; margin: 0 auto; padding: 40px 20px 80px; }
h1 { font-size: 2rem; line-height: 1.2; margin: 0 0 8px; letter-spacing: -0.01em; text-wrap: balance; }
h2 { font-size: 1.35rem; margin: 56px 0 8px; }
h3 { font-size: 1rem; margin: 28px 0 8px; }
p { margin: 0 0 14px; max-width: 72ch; }
.lead { font-size: 1.1rem; }
.muted, figcaption, small { color: var(--muted); }
.tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(200px, 1fr)); gap: 14px; margin: 28px 0 0; }
.tile, figure, .table { background: var(--surface); border: 1px solid var(--grid); border-radius: 10px; }
.tile { padding: 16px 18px; }
.tile b { display: block; font-size: 1.7rem; line-height: 1.3; white-space: nowrap; font-variant-numeric: tabular-nums; }
.tile span { color: var(--muted); font-size: 0.92rem; }
figure { margin: 18px 0; padding: 14px 14px 10px; container-type: inline-size; }
figcaption { font-size: 0.92rem; padding: 6px 4px 2px; max-width: 80ch; }
figure h3 { margin: 0 0 4px 4px; }
.chart svg { display: block; width: 100%; height: auto; }
.drawn-narrow { display: none; }
@container (max-width: 419px) { .drawn-wide { display: none; } .drawn-narrow { display: block; } }
.data { margin: 6px 4px 2px; font-size: 0.92rem; }
.data summary { color: var(--muted); cursor: pointer; padding: 4px 0; }
.data .table { margin: 8px 0 4px; border: 0; padding: 0; }
.pair { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 380px), 1fr)); gap: 14px; margin: 18px 0; }
.pair figure { margin: 0; }
.table { overflow-x: auto; margin: 18px 0; padding: 4px 14px; background:
  linear-gradient(to right, var(--surface) 40%, transparent) left / 36px 100% no-repeat local,
  linear-gradient(to left, var(--surface) 40%, transparent) right / 36px 100% no-repeat local,
  linear-gradient(to right, var(--shade), transparent) left / 12px 100% no-repeat scroll,
  linear-gradient(to left, var(--shade), transparent) right / 12px 100% no-repeat scroll, var(--surface); }
.table:focus-visible, summary:focus-visible { outline: 2px solid var(--first); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-size: 0.95rem; }
th, td { text-align: left; padding: 9px 10px; border-bottom: 1px solid var(--grid); vertical-align: top; }
tbody tr:last-child > * { border-bottom: 0; }
th { color: var(--muted); font-weight: 600; font-size: 0.85rem; }
tbody th { color: var(--ink); font-weight: inherit; font-size: inherit; }
:not(.data) > .table tbody th { min-width: 150px; }
.number { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
tr.best > * { font-weight: 600; }
tr.best small { font-weight: 400; }
.note { border-left: 3px solid var(--second); padding: 2px 0 2px 14px; }
code { font: 0.92em ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; background: var(--surface); border: 1px solid var(--grid); border-radius: 5px; padding: 1px 5px; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 4px 18px; }
dt { color: var(--muted); } dd { margin: 0; }
@media (max-width: 480px) { .table { padding: 4px 8px; } th, td { padding: 8px 6px; } }
@media print { body { background: none; } figure, .table, .tile { break-inside: avoid; } }`;
}
