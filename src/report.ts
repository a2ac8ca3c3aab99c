// `gradus/report`: a diagnosis in words, as a page and as JSON. A changed name here means a line in CHANGELOG.md.
// biome-ignore-all assist/source/organizeImports: grouped by purpose

export { diagnosisJson } from "./telling/report/json.ts";
export { renderHtml } from "./telling/report/html.ts";
export { renderTerminal } from "./telling/report/terminal.ts";
export { formatChanges } from "./telling/format-changes.ts";
