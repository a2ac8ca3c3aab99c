// What needs the doctor, with all that the doctor needs. It is loaded together, when somebody asks for it.
export { exportRun } from "./export-run.ts";
export { diagnoseRun } from "./run/diagnose-run.ts";
