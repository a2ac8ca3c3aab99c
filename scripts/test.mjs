// Runs every test file under test/ (or those whose path contains one of the arguments).
import { runTests, testFiles } from "./test-files.mjs";

const filters = process.argv.slice(2);
const files = testFiles(filters);
if (files.length === 0) {
  console.error(`no test file under test/ matches ${filters.join(", ")}`);
  process.exit(1);
}
process.exit(runTests(files));
