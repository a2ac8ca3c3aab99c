import { CURES } from "../../../src/cli/demo/patients/patient.ts";
import { PATIENTS } from "../../../src/cli/demo/patients/patients.ts";
import { type Cure, prove } from "../../../src/cli/demo/prove.ts";
import type { ReportContext } from "../../../src/cli/demo/report/report.ts";
import { blobs } from "../../../src/data/synthetic/blobs.ts";
import type { RunJob } from "../../../src/doctor/trial/job.ts";
import { run } from "../../telling/report/sample.ts";

/** A runner that does not train: formulas make every run, a good one if the settings are those of a cured patient. */
export const FORMULA_RUNNER = {
  run: async ({ training, options }: RunJob) => {
    const text = JSON.stringify(training.settings);
    const isCured = CURES.some((cure) => JSON.stringify(PATIENTS[cure].cured) === text);
    return run(options.seed, isCured);
  },
};

/** All six cures, with runs made by formulas. */
export function sampleCures(): Promise<readonly Cure[]> {
  const data = blobs({ samples: 40, seed: 1 });
  return Promise.all(
    CURES.map((cure) =>
      prove(PATIENTS[cure], {
        runner: FORMULA_RUNNER,
        signal: new AbortController().signal,
        data: { train: data, validation: data },
        onProgress: () => {},
      }),
    ),
  );
}

export const TOGETHER_RUN = run(1, true);

export const CONTEXT: ReportContext = {
  lang: "en",
  isQuick: false,
  version: "0.0.0",
  backend: "no backend",
  machine: "no machine",
  cores: 1,
  node: "0.0.0",
  date: "2026-01-01",
  seconds: 65,
  validation: 40,
  test: 40,
};
