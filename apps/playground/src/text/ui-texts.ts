import type {
  BlockKind,
  ClipChoice,
  DataName,
  InitName,
  LossName,
  NetworkConfig,
  NormName,
  ScheduleName,
} from "../config/config.ts";
import type { ProofState } from "../lab/protocol.ts";

/** Measures that the heat map can show. */
export const LAYER_MEASURES = ["gradientNorm", "updateRatio", "weightNorm", "dead", "saturated"] as const;
export type LayerMeasureName = (typeof LAYER_MEASURES)[number];

/** A label, and what it means: with its unit and its usual range. */
export interface Labelled {
  readonly label: string;
  readonly hint: string;
}

/** Commands of the keyboard. */
export const COMMANDS = ["play", "step", "epoch", "reset", "undo", "redo", "help"] as const;
export type CommandName = (typeof COMMANDS)[number];

type Values = Readonly<Record<string, unknown>>;

/** All texts of the page but those of charts, stories and the doctor. */
export interface UiTexts {
  readonly title: string;
  readonly tagline: string;
  readonly skipToNetwork: string;
  readonly close: string;
  readonly dismiss: string;
  readonly network: (name: string) => string;
  readonly header: {
    readonly language: string;
    readonly theme: string;
    readonly themes: Readonly<Record<"auto" | "light" | "dark", string>>;
    readonly share: Labelled;
    readonly shared: string;
    readonly notShared: string;
    readonly export: string;
    readonly help: string;
    readonly stories: string;
  };
  readonly exports: {
    readonly experiment: Labelled;
    readonly typescript: Labelled;
    readonly checkpoint: Labelled;
    readonly png: Labelled;
    readonly csv: Labelled;
    readonly failed: (reason: string) => string;
  };
  readonly transport: {
    readonly name: string;
    readonly commands: Readonly<Record<CommandName, string>>;
    readonly pause: string;
    readonly proceed: string;
    readonly proceedHint: (epochs: number) => string;
    readonly startAnew: string;
    readonly speed: Labelled;
    readonly fastest: string;
    readonly perSecond: (steps: string) => string;
    readonly stopAt: Labelled;
    readonly readOuts: Readonly<Record<"step" | "epoch" | "rate" | "engine", Labelled>>;
    readonly threads: (count: number) => string;
    readonly starting: string;
  };
  readonly data: {
    readonly title: string;
    readonly names: Readonly<Record<DataName, string>>;
    readonly abouts: Readonly<Record<DataName, string>>;
    readonly groups: Readonly<Record<"plane" | "pictures" | "sequences" | "own", string>>;
    readonly samples: Labelled;
    readonly testSamples: Labelled;
    readonly testShare: Labelled;
    readonly noise: Labelled;
    readonly length: Labelled;
    readonly seed: Labelled;
    readonly target: Labelled;
    readonly counts: (train: string, test: string) => string;
    readonly chance: (share: string) => string;
    readonly csv: string;
    readonly pictures: string;
    readonly folder: string;
    readonly drop: string;
    readonly private: string;
    readonly reading: string;
    readonly lastColumn: string;
  };
  readonly networks: {
    readonly title: string;
    readonly compare: Labelled;
    readonly keepOnly: (name: string) => string;
    readonly differences: string;
    readonly noDifference: string;
    readonly parameters: (count: string) => string;
    readonly depth: Labelled;
    readonly add: Labelled;
    readonly paths: Readonly<Record<keyof NetworkConfig, string>>;
    readonly layer: (number: number) => string;
    /** From one to another, both included; they may be the same. */
    readonly layers: (from: number, to: number) => string;
  };
  readonly block: {
    readonly title: (number: number, count: number) => string;
    readonly input: string;
    readonly inputAbout: (shape: string) => string;
    readonly output: string;
    readonly outputAbout: (shape: string) => string;
    readonly kind: Labelled;
    readonly kinds: Readonly<Record<BlockKind, string>>;
    readonly units: Labelled;
    readonly filters: Labelled;
    readonly kernel: Labelled;
    readonly size: Labelled;
    readonly activation: Labelled;
    readonly slope: Labelled;
    readonly init: Labelled;
    readonly inits: Readonly<Record<Exclude<InitName, `${string}${"Uniform" | "Normal"}`>, string>>;
    readonly std: Labelled;
    readonly norm: Labelled;
    readonly norms: Readonly<Record<NormName, string>>;
    readonly dropout: Labelled;
    readonly skip: Labelled;
    readonly skipShort: string;
    readonly forAll: Labelled;
    readonly duplicate: string;
    readonly remove: string;
    readonly moveLeft: string;
    readonly moveRight: string;
  };
  readonly training: {
    readonly title: string;
    readonly optimizer: Labelled;
    readonly learningRate: Labelled;
    readonly momentum: Labelled;
    readonly schedule: Labelled;
    readonly schedules: Readonly<Record<ScheduleName, string>>;
    readonly batchSize: Labelled;
    readonly seed: Labelled;
    readonly more: string;
    readonly loss: Labelled;
    readonly losses: Readonly<Record<LossName, string>>;
    readonly clip: Labelled;
    readonly clips: Readonly<Record<"none" | ClipChoice["type"], string>>;
    readonly threshold: Labelled;
    readonly l2: Labelled;
    readonly standardize: Labelled;
  };
  readonly results: {
    readonly title: string;
    readonly loss: string;
    readonly accuracy: string;
    readonly logScale: string;
    readonly output: string;
    readonly outputs: Readonly<Record<"plane" | "pictures" | "values" | "confusion", string>>;
    readonly showTest: string;
    readonly noOutput: string;
    readonly noneWrong: string;
    readonly wrong: (count: string) => string;
  };
  readonly layers: {
    readonly title: string;
    readonly measure: string;
    readonly measures: Readonly<Record<LayerMeasureName, Labelled>>;
    readonly activations: (layer: string) => string;
    readonly noHistogram: string;
    readonly filters: string;
  };
  readonly doctor: {
    readonly title: string;
    readonly about: string;
    readonly noFindings: string;
    readonly notBegun: string;
    readonly failed: (values: { readonly step: string; readonly layer?: string; readonly tensor: string }) => string;
    readonly failedAdvice: string;
    readonly what: string;
    readonly prove: Labelled;
    readonly cancel: string;
    readonly phases: Readonly<Record<ProofState["phase"], string>>;
    readonly proving: (name: string) => string;
    readonly remedies: string;
    readonly changes: string;
    readonly apply: Labelled;
    readonly tryBeside: Labelled;
    readonly stale: string;
    readonly proofFailed: (reason: string) => string;
    readonly measured: (control: string, treated: string, runs: number) => string;
    readonly seconds: (seconds: string) => string;
    readonly advice: string;
  };
  readonly announcements: {
    readonly playing: string;
    readonly paused: string;
    readonly reset: string;
    readonly ready: string;
    readonly finished: string;
    readonly changed: string;
    readonly copied: string;
    readonly applied: string;
    readonly failure: (network: string, step: string, layer: string | undefined) => string;
    readonly finding: (network: string, name: string) => string;
  };
  readonly errors: {
    /** Sentences by code. Where there is none, the error's own message is shown. */
    readonly byCode: Readonly<Record<string, (values: Values) => string | undefined>>;
    readonly refused: string;
    readonly notANumber: string;
    readonly outOfRange: (low: string, high: string) => string;
  };
  readonly help: {
    readonly title: string;
    readonly about: readonly string[];
    readonly shortcuts: string;
    readonly onNetwork: string;
    readonly moves: readonly (readonly [keys: string, what: string])[];
    readonly privacyTitle: string;
    readonly privacy: string;
  };
}
