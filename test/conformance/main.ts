// Replays reference files of other libraries: one JSON line per case, exit status 1 if any is not ok.
import { parseArgs } from "node:util";
import { GradusError } from "../../src/core/errors.ts";
import { BACKEND_NAMES, openBackend } from "../../src/engine/select-backend.ts";
import type { BackendName } from "../../src/runtime/backend.ts";
import { referenceFiles, replayFile } from "./replay.ts";

const HELP = `npm run --silent conformance -- [options] PATH...

Computes the results in reference files of other libraries and compares. A PATH is a file, or a folder that is searched
for .json files: torch-trajectory/1, keras-golden, torch-extra, ONNX operator vectors, pca-sklearn.

One JSON line per case:
  {"name", "ok", "worst", "tolerance", "backend"}        worst: largest |difference| / max(1, |expected|)
  {"name", "ok": false, "unsupported": "why", "backend"}
  {"name", "ok": false, "error": "what", "backend"}
Exit status: 0 if every line is ok, 1 if not, 2 for wrong arguments.

  --backend NAME     one of ${BACKEND_NAMES.join(", ")}; default reference, which computes in float64
  --threads N        threads of the backend
  --only-supported   unsupported cases do not affect the exit status
  --help             this text`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      backend: { type: "string", default: "reference" },
      threads: { type: "string" },
      "only-supported": { type: "boolean", default: false },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  if (values.help) {
    console.log(HELP);
    return 0;
  }
  if (positionals.length === 0) throw new GradusError("bad-argument", "expected a PATH. --help shows the usage.");
  const threads = values.threads === undefined ? undefined : Number(values.threads);
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1)) {
    throw new GradusError("bad-argument", `--threads must be an integer >= 1, got ${values.threads}.`, { threads });
  }
  const backend = await openBackend({ backend: values.backend as BackendName, threads });
  const files = positionals.flatMap(referenceFiles);
  let failed = false;
  for (const file of files) {
    for await (const outcome of replayFile(file, { backend })) {
      console.log(JSON.stringify(outcome));
      if (!outcome.ok && !(values["only-supported"] && "unsupported" in outcome)) failed = true;
    }
  }
  backend.dispose();
  return failed ? 1 : 0;
}

main().then(
  (status) => {
    process.exitCode = status;
  },
  (error: unknown) => {
    console.error(`conformance: ${error instanceof Error ? error.message : String(error)}`);
    process.exitCode = 2;
  },
);
