// A process that tries to take the lock of a run, says how that went, and keeps the lock until its standard input ends or it is killed.
import { GradusError } from "../../src/core/errors.ts";
import { RunLock } from "../../src/runs/lock.ts";

const [folder = ""] = process.argv.slice(2);
// begins when it is told to, so that several can try at the same time
process.stdin.once("data", () => {
  try {
    RunLock.take(folder);
    process.stdout.write("taken\n");
  } catch (error) {
    process.stdout.write(`${error instanceof GradusError ? error.code : String(error)}\n`);
    process.exit(0);
  }
});
process.stdin.on("end", () => process.exit(0));
process.stdout.write("ready\n");
