// `gradus/page/worker`: what a page's worker runs. A changed name here means a line in CHANGELOG.md.

export { serve } from "./page/serve.ts";
