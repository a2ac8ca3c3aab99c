/** Styles of a diagnosis, in addition to the common style of the reports. Korean text breaks lines between words. */
export const DOCTOR_CSS = `
:lang(ko) { word-break: keep-all; overflow-wrap: break-word; }
h1 { overflow-wrap: anywhere; }
.verdict { display: inline-block; color: var(--surface); background: var(--role); border-radius: 6px; padding: 1px 10px; margin-right: 6px; }
.tiles { margin-bottom: 24px; }
.card { background: var(--surface); border: 1px solid var(--grid); border-radius: 10px; padding: 14px 18px; margin: 14px 0; }
.card h3 { margin: 0 0 6px; font-size: 1.1rem; }
.card h3 small { font-weight: 400; font-size: 0.92rem; margin-left: 6px; }
.card h4 { margin: 14px 0 4px; font-size: 0.95rem; color: var(--muted); }
.card ul { margin: 0 0 8px; padding-left: 1.2em; }
.card li { margin: 2px 0; max-width: 80ch; }
.card li:first-child { font-weight: 600; }
.card li:only-child { font-weight: 400; }
.card p:last-child { margin: 0; }
.difference { margin: 8px 0; padding: 10px 12px; background: var(--page); border-radius: 6px; font: 0.9rem/1.6 ui-monospace, "Cascadia Mono", Menlo, Consolas, monospace; white-space: pre-wrap; overflow-wrap: anywhere; }
.difference span { display: block; padding-left: 1.2em; text-indent: -1.2em; }
.changes { color: var(--first); }
.goes { color: var(--second); }
.comes { color: var(--third); }
td small, th small { display: block; line-height: 1.45; max-width: 60ch; }
.histograms td { min-width: 96px; }
.table.histograms tbody th[scope=row] { white-space: nowrap; min-width: 0; }
.histograms svg { display: block; width: 100%; height: 44px; }
.ends { display: flex; justify-content: space-between; font-size: 0.75rem; font-variant-numeric: tabular-nums; }
@media print { .table { overflow: visible; } table { font-size: 0.8rem; } .card { break-inside: avoid; } h2, h3 { break-after: avoid; } }`;
