import type { MeasureSeries, RunDescription, RunEvent, RunReader } from "../../../src/runs/types.ts";
import type { RunRecord } from "../../../src/watch/record.ts";

type Columns = Readonly<Record<string, readonly (readonly [step: number, value: number])[]>>;

export interface FakeRun {
  readonly name?: string;
  readonly status?: RunReader["status"];
  readonly events?: readonly RunEvent[];
  readonly measures?: Columns;
  readonly layers?: RunDescription["layers"];
  readonly tags?: readonly string[];
  readonly settings?: RunReader["settings"];
  readonly warnings?: readonly string[];
  /** Milliseconds between two steps. */
  readonly msPerStep?: number;
  readonly record?: Partial<RunRecord>;
}

/** The time of step 0 of a fake run, milliseconds since 1970. */
export const BEGAN = 1_700_000_000_000;

/** A run that never was, as a reader sees it. */
export function fakeRun({
  name = "spirals",
  status = "running",
  events = [],
  measures = {},
  layers = [],
  tags = [],
  settings = {},
  warnings = [],
  msPerStep = 100,
  record = {},
}: FakeRun): RunReader {
  const series = Object.entries(measures).map(([measure, points]): readonly [string, MeasureSeries] => [
    measure,
    {
      name: measure,
      length: points.length,
      steps: Float64Array.from(points, ([step]) => step),
      times: Float64Array.from(points, ([step]) => BEGAN + msPerStep * step),
      values: Float64Array.from(points, ([, value]) => value),
      generation: 0,
    },
  ]);
  return {
    id: name,
    kind: "gradus",
    folder: `/runs/${name}`,
    name,
    createdAt: BEGAN,
    updatedAt: BEGAN,
    description: {
      format: "gradus-run",
      version: 1,
      name,
      createdAt: BEGAN,
      settings,
      model: {},
      environment: {
        gradus: "0",
        node: "0",
        platform: "",
        processor: "",
        cores: 1,
        memoryBytes: 1,
        host: "",
        directory: "",
        command: [],
      },
      layers,
      tags,
    },
    settings,
    status,
    events,
    measures: new Map(series),
    histograms: new Map(),
    texts: new Map(),
    warnings,
    notes: "",
    refresh: () => false,
    toRecord: () => ({ steps: 0, readings: [], epochs: [], seconds: 0, ...record }),
  };
}

/** A training of 40 epochs of 26 steps, part of which is done. */
export function usualRun(steps: number, more: FakeRun = {}): RunReader {
  const range = Array.from({ length: steps }, (_, index) => index + 1);
  const loss = (step: number) => 0.1 + 1.2 * Math.exp(-step / 200) + 0.05 * Math.sin(step);
  const paths = ["0", "1", "2", "3", "4"];
  const events: RunEvent[] = [
    {
      at: BEGAN,
      type: "started",
      backend: "wasm",
      threads: 2,
      epochs: 40,
      stepsPerEpoch: 26,
      parameters: 12_345,
      samples: 832,
      validationSamples: 100,
      step: 0,
    },
  ];
  for (let epoch = 1; 26 * epoch <= steps; epoch++) {
    events.push({
      at: BEGAN + 2600 * epoch,
      type: "epoch",
      epoch,
      step: 26 * epoch,
      train: { loss: loss(26 * epoch), accuracy: 1 - 0.5 * Math.exp(-epoch / 8) },
      validation: { loss: 1.1 * loss(26 * epoch), accuracy: 0.98 - 0.5 * Math.exp(-epoch / 8) },
      samplesPerSecond: 320,
      learningRate: 0.001,
    });
  }
  return fakeRun({
    events,
    measures: {
      loss: range.map((step) => [step, loss(step)]),
      learningRate: range.map((step) => [step, 0.01 * Math.cos((Math.PI / 2) * (step / 1040))]),
      ...Object.fromEntries(
        paths.map((path, index) => [`layers/${path}/gradientNorm`, [[1, 10 ** -index]] as [number, number][]]),
      ),
    },
    layers: paths.map((path, index) => ({ path, type: index % 2 === 0 ? "linear" : "batchNorm" })),
    ...more,
  });
}
