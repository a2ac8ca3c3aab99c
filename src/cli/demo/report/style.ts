/** Styles of the demonstration's report, in addition to the common style and that of the doctor. */
export const DEMO_CSS = `
section { border-top: 1px solid var(--grid); margin-top: 48px; }
section > h2 { margin-top: 32px; }
nav .table tbody th { min-width: 110px; }
section .table tbody th { min-width: 0; }
caption { text-align: left; color: var(--muted); font-size: 0.85rem; padding: 8px 10px 0; }
a { color: var(--first); }
a:focus-visible { outline: 2px solid var(--first); outline-offset: 2px; }
.formula { margin: 14px 0; padding: 10px 16px; background: var(--surface); border: 1px solid var(--grid); border-radius: 10px; overflow-x: auto; width: fit-content; max-width: 100%; }
.formula math { font-size: 1.15rem; margin: 8px 0; text-align: left; }
section .difference { background: var(--surface); border: 1px solid var(--grid); }`;
