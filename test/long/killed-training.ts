// A training that goes on from its checkpoints wherever it was killed. Prints one JSON line when it begins and one when it ends.
//   node killed-training.js '{ "training": "…", "backend": "wasm", … }'
import { type KilledTraining, runTraining } from "./run-training.ts";

await runTraining(JSON.parse(process.argv[2] as string) as KilledTraining, (told) => console.log(JSON.stringify(told)));
