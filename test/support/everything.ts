// All names of all entries, for tests that hold for each of them.
// biome-ignore-all lint/performance/noReExportAll: a name that is added to an entry must be here
export * from "../../src/doctor.ts";
export * from "../../src/index.ts";
export * from "../../src/node.ts";
export * from "../../src/page.ts";
export * from "../../src/page-worker.ts";
export * from "../../src/report.ts";
export * from "../../src/watch.ts";
export * from "../../src/words.ts";
