import type { RunEvent } from "gradus/dashboard-protocol";
import type { Labelled } from "gradus-parts/fields/labelled.ts";
import type { LayerMeasure } from "../charts/layers/matrix.ts";

/** Sections of one run, in the page's order. */
export const SECTIONS = [
  "diagnosis",
  "notes",
  "measures",
  "layers",
  "activations",
  "settings",
  "model",
  "checkpoints",
  "events",
  "environment",
  "texts",
] as const;
export type SectionName = (typeof SECTIONS)[number];

/** What is known of a run, beside its settings. */
export const FACTS = [
  "status",
  "progress",
  "started",
  "lasted",
  "kind",
  "backend",
  "samples",
  "parameters",
  "commit",
  "folder",
] as const;
export type FactName = (typeof FACTS)[number];

/** All texts of the view of one run. */
export interface RunTexts {
  readonly choose: string;
  readonly none: string;
  readonly loading: string;
  readonly sections: Readonly<Record<SectionName, string>>;
  readonly contents: string;
  readonly facts: Readonly<Record<FactName, string>>;
  readonly progress: (step: string, steps: string | undefined) => string;
  readonly notKnown: string;
  readonly commit: (commit: string, branch: string | undefined, isDirty: boolean) => string;
  readonly threads: (backend: string, threads: number) => string;
  readonly samples: (train: string, validation: string | undefined) => string;
  readonly resume: string;
  readonly exportFile: Labelled;
  readonly warnings: string;
  readonly tags: string;
  readonly diagnosis: {
    readonly about: string;
    readonly ask: Labelled;
    readonly again: string;
    readonly working: string;
    readonly report: Labelled;
    readonly findings: string;
    readonly remarks: string;
    readonly prescriptions: string;
    readonly noFindings: string;
    readonly what: string;
    readonly changes: string;
    readonly atStep: (step: string) => string;
    readonly asRecorded: string;
    readonly failed: string;
  };
  readonly notes: {
    readonly label: Labelled;
    readonly save: string;
    readonly saving: string;
    readonly saved: string;
    readonly unsaved: string;
    readonly failed: string;
    readonly readOnly: string;
    readonly none: string;
  };
  readonly layers: {
    readonly measure: string;
    readonly measures: Readonly<Record<LayerMeasure, Labelled>>;
    readonly layer: string;
    readonly none: string;
    readonly noHistograms: string;
  };
  readonly settings: {
    readonly path: string;
    readonly value: string;
    readonly none: string;
    readonly filter: string;
  };
  readonly model: { readonly number: string; readonly path: string; readonly type: string; readonly fields: string };
  readonly measures: Readonly<Record<"name" | "count" | "last" | "least" | "most" | "notFinite", string>> & {
    readonly none: string;
  };
  readonly checkpoints: Readonly<Record<"step" | "epoch" | "file" | "size" | "duration", string>> & {
    readonly none: string;
  };
  readonly events: {
    readonly at: string;
    readonly what: string;
    readonly none: string;
    readonly showAll: (count: string) => string;
    readonly types: Readonly<Record<RunEvent["type"], string>>;
    readonly epochs: string;
    readonly started: (parameters: string, samples: string, epochs: string) => string;
    readonly resumed: (step: string) => string;
    readonly changed: (path: string, value: string) => string;
    readonly notFinite: (tensor: string, layer: string | undefined, step: string) => string;
    readonly stopped: (reason: string, step: string) => string;
    readonly reasons: Readonly<Record<string, string>>;
    readonly best: string;
  };
  readonly epochs: Readonly<Record<"epoch" | "step" | "learningRate" | "speed", string>>;
  readonly environment: Readonly<
    Record<
      "gradus" | "node" | "platform" | "processor" | "cores" | "memory" | "host" | "directory" | "command" | "commit",
      string
    >
  > & { readonly none: string; readonly clean: string; readonly dirty: string };
}
