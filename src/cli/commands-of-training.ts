// The commands that train. They stand on the same modules, and are loaded together.
export { resumeCommand } from "./resume.ts";
export { trainCommand } from "./train.ts";
