// Keeps files small: warns above 400 lines, fails above 450. Data that tests read is not counted.
import { readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";

const WARN_LINES = 400;
const FAIL_LINES = 450;

const folders =
  process.argv.length > 2 ? process.argv.slice(2) : ["src", "test", "bench", "scripts", "examples", "apps"];

function filesIn(folder) {
  try {
    return readdirSync(folder, { recursive: true, withFileTypes: true });
  } catch (error) {
    if (error.code === "ENOENT") return [];
    throw error;
  }
}

const lengths = folders
  .flatMap(filesIn)
  .filter((entry) => entry.isFile() && /\.[cm]?[jt]sx?$/.test(entry.name))
  .map((entry) => join(entry.parentPath, entry.name))
  .filter((path) => !["vectors", "node_modules", "dist"].some((name) => path.includes(`${sep}${name}${sep}`)))
  .map((path) => ({ path, lines: readFileSync(path, "utf8").split("\n").length - 1 }));

const long = lengths.filter(({ lines }) => lines > WARN_LINES).sort((a, b) => b.lines - a.lines);
for (const { path, lines } of long) {
  console.error(
    `${lines > FAIL_LINES ? "too long" : "warning"}: ${path} has ${lines} lines; split it by what it does (limit ${FAIL_LINES})`,
  );
}
if (long.some(({ lines }) => lines > FAIL_LINES)) process.exit(1);
console.log(
  `lengths: ${lengths.length} files, the longest of ${Math.max(0, ...lengths.map(({ lines }) => lines))} lines`,
);
