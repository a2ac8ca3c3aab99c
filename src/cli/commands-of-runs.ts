// The commands that read recorded runs. They stand on the same modules, and are loaded together.
export { dashboardCommand } from "./dashboard.ts";
export { runsCommand } from "./runs.ts";
export { watchCommand } from "./watch.ts";
