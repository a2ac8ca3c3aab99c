import { serveDashboard } from "../../src/dashboard/serve.ts";

// A process that serves a folder and says what it costs: run by serve-in-process.ts with a folder and a folder of the page.

const [folder = ".", pageFolder = "."] = process.argv.slice(2);
const { address, port } = await serveDashboard(folder, { host: "127.0.0.1", port: 0, pageFolder });
process.send?.({ address, port });
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1000, memoryBytes: process.memoryUsage.rss() });
});
process.on("disconnect", () => process.exit(0));
