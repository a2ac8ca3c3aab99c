import type { MeasureSummary, RunSummary } from "gradus/dashboard-protocol";

export const measure = (name: string, more: Partial<MeasureSummary> = {}): MeasureSummary => ({
  name,
  count: 1,
  last: 1,
  least: 1,
  most: 1,
  notFinite: 0,
  ...more,
});

export const runOf = (id: string, more: Partial<RunSummary> = {}): RunSummary => ({
  id,
  name: id,
  kind: "gradus",
  status: "running",
  createdAt: 0,
  updatedAt: 0,
  step: 1,
  steps: 100,
  epoch: 0,
  epochs: 10,
  settings: {},
  group: "g",
  measures: [measure("loss")],
  histograms: [],
  layers: [],
  tags: [],
  warnings: 0,
  findings: 0,
  ...more,
});
