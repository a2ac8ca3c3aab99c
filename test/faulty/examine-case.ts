import { basename } from "node:path";
import { type ExamineOptions, examine } from "../../src/doctor/examine.ts";
import { type FaultyCase, readCase } from "./case.ts";
import { type CaseLine, type FailedLine, lineOf } from "./line.ts";
import { loadTraining } from "./load.ts";

/** Reads a case and examines it. Any failure becomes the `error` of the line, so that the other cases go on.
 *  @param seed the seed of the first run. */
export async function examineCase(
  file: string,
  options: ExamineOptions,
  seed = 0,
): Promise<{ readonly line: CaseLine | FailedLine; readonly faulty?: FaultyCase }> {
  let faulty: FaultyCase | undefined;
  try {
    faulty = readCase(file);
    const training = await loadTraining(faulty, seed);
    const started = performance.now();
    const diagnosis = await examine(training, { name: faulty.name, ...options });
    return { line: lineOf(faulty.name, diagnosis, (performance.now() - started) / 1000), faulty };
  } catch (error) {
    const line = {
      name: faulty?.name ?? basename(file, ".json"),
      error: error instanceof Error ? error.message : String(error),
    };
    return faulty === undefined ? { line } : { line, faulty };
  }
}
