import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { scratchFolder } from "../io/scratch.ts";
import { installInto } from "./packed.ts";

const tsc = join(dirname(createRequire(import.meta.url).resolve("typescript/package.json")), "bin/tsc");
const project = scratchFolder();
installInto(project, "all");
writeFileSync(
  join(project, "quickstart.ts"),
  readFileSync("examples/quickstart.ts", "utf8").replace('"../src/index.ts"', '"gradus"'),
);
// what one entry makes, another takes: a class is the same class in each of them
writeFileSync(
  join(project, "entries.ts"),
  `import { fit, functional, linear, type Model, sequential, spirals, type Tensor } from "gradus";
  import { type Diagnosis, examine } from "gradus/doctor";
  import { loadModel, saveModel } from "gradus/node";
  import { connect, type PageEngine, type PageRun } from "gradus/page";
  import { serve } from "gradus/page/worker";
  import { renderTerminal } from "gradus/report";
  import { createLayerProbe, toReading } from "gradus/watch";
  import { describeFinding } from "gradus/words";
  const model: Model = sequential([linear(2)], { inputShape: [2] });
  const data = spirals({ samples: 10, seed: 1 });
  const { state } = await fit(model, { data, loss: "softmaxCrossEntropy", optimizer: "adam" });
  await saveModel("model.gradus", { model, state });
  const diagnosis: Diagnosis = await examine(loadModel("model.gradus").model, data, { loss: "mse", optimizer: "adam" });
  export const text: string = renderTerminal(diagnosis);
  export const probe = createLayerProbe(model);
  const step = { type: "stepEnded", epoch: 1, step: 1, stepInEpoch: 1, samples: 1, loss: 1 } as const;
  export const reading = toReading(step, model);
  export const words = diagnosis.findings.map((finding) => describeFinding(finding, "ko"));
  const engine: PageEngine = await connect(new Worker("./worker.js", { type: "module" }), { threads: 2 });
  const run = engine.fit(model, { data, loss: "softmaxCrossEntropy", optimizer: "adam" });
  for await (const event of run) if (event.type === "epochEnded") console.log(event.train.accuracy);
  export const trained = (await run.result).state;
  export const outputs = await engine.predict({ inputShape: [2], layers: [linear(2)] }, trained, data);
  const examined: PageRun<unknown, Diagnosis> = engine.examine(model, data, { loss: "mse", optimizer: "adam" });
  export const verdict = (await examined.result).verdict;
  serve();
  serve(new MessageChannel().port1);
  export const softmax: Tensor = functional.softmax(state.parameters["0"] as never);`,
);

const check = (files: readonly string[]) => {
  const lib = ["ES2022", "DOM"];
  const compilerOptions = { module: "NodeNext", target: "ES2022", lib, types: [], strict: true, noEmit: true };
  writeFileSync(join(project, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  return spawnSync(process.execPath, [tsc, "-p", project], { encoding: "utf8" });
};

test("a strict project without Node's types compiles with every entry, the declarations checked too", () => {
  const { status, stdout } = check(["quickstart.ts", "entries.ts"]);
  assert.equal(status, 0, stdout);
});

test("a wrong use does not compile", () => {
  writeFileSync(join(project, "wrong.ts"), 'import { linear } from "gradus";\nlinear("many");');
  const { status, stdout } = check(["wrong.ts"]);
  assert.equal(status, 1);
  assert.match(stdout, /wrong\.ts\(2,8\)/);
});
