import type { ScheduleConfig } from "../../src/optim/schedules.ts";
import { Unsupported } from "./case.ts";
import type { PythonCall, PythonValue } from "./python-call.ts";

/** Arguments of a PyTorch scheduler by their Python names. */
export type SchedulerArguments = Readonly<Record<string, PythonValue | boolean | null | undefined>>;

interface Scheduler {
  /** names of the positional arguments, in order */
  readonly parameters: readonly string[];
  /** short names and bare words in reference files, and their meanings */
  readonly words?: Readonly<Record<string, SchedulerArguments>>;
  translate(given: Given): ScheduleConfig;
}

/** Reads arguments with PyTorch's defaults. */
class Given {
  readonly #values: SchedulerArguments;

  constructor(values: SchedulerArguments) {
    this.#values = values;
  }

  number(name: string, fallback?: number): number {
    const value = this.#values[name] ?? fallback;
    if (typeof value !== "number") throw new Unsupported(`scheduler argument ${name}=${String(value)}`);
    return value;
  }

  text(name: string, fallback: string): string {
    return String(this.#values[name] ?? fallback);
  }

  flag(name: string, fallback: boolean): boolean {
    const value = this.#values[name] ?? fallback;
    return value === true || value === "True" || value === "true";
  }

  numbers(name: string): readonly number[] {
    const value = this.#values[name];
    if (!Array.isArray(value)) throw new Unsupported(`scheduler argument ${name}`);
    return value.map(Number);
  }

  /** undefined if the argument is absent, so that our default, which is the same, applies */
  has(name: string): boolean {
    return this.#values[name] !== undefined && this.#values[name] !== null;
  }
}

const CYCLIC_MODES: Readonly<Record<string, "triangular" | "halving" | "exponential">> = {
  triangular: "triangular",
  triangular2: "halving",
  exp_range: "exponential",
};

/** PyTorch's schedulers as ours, with PyTorch's defaults. */
const SCHEDULERS: Readonly<Record<string, Scheduler>> = {
  StepLR: {
    parameters: ["step_size", "gamma"],
    translate: (given) => ({ type: "step", every: given.number("step_size"), factor: given.number("gamma", 0.1) }),
  },
  MultiStepLR: {
    parameters: ["milestones", "gamma"],
    translate: (given) => ({
      type: "multiStep",
      milestones: given.numbers("milestones"),
      factor: given.number("gamma", 0.1),
    }),
  },
  ConstantLR: {
    parameters: ["factor", "total_iters"],
    translate: (given) => ({
      type: "constant",
      factor: given.number("factor", 1 / 3),
      length: given.number("total_iters", 5),
    }),
  },
  LinearLR: {
    parameters: ["start_factor", "end_factor", "total_iters"],
    translate: (given) => ({
      type: "linear",
      startFactor: given.number("start_factor", 1 / 3),
      endFactor: given.number("end_factor", 1),
      length: given.number("total_iters", 5),
    }),
  },
  ExponentialLR: {
    parameters: ["gamma"],
    translate: (given) => ({ type: "exponential", factor: given.number("gamma") }),
  },
  PolynomialLR: {
    parameters: ["total_iters", "power"],
    translate: (given) => ({
      type: "polynomial",
      length: given.number("total_iters", 5),
      power: given.number("power", 1),
    }),
  },
  CosineAnnealingLR: {
    parameters: ["T_max", "eta_min"],
    translate: (given) => ({ type: "cosine", length: given.number("T_max"), minimum: given.number("eta_min", 0) }),
  },
  CosineAnnealingWarmRestarts: {
    parameters: ["T_0", "T_mult", "eta_min"],
    translate: (given) => ({
      type: "cosineRestarts",
      length: given.number("T_0"),
      growth: given.number("T_mult", 1),
      minimum: given.number("eta_min", 0),
    }),
  },
  OneCycleLR: {
    parameters: ["max_lr", "total_steps"],
    words: {
      linear: { anneal_strategy: "linear" },
      three_phase: { three_phase: true },
    },
    translate: (given) => ({
      type: "oneCycle",
      peak: given.number("max_lr"),
      length: given.has("total_steps")
        ? given.number("total_steps")
        : given.number("epochs") * given.number("steps_per_epoch"),
      warmup: given.number(given.has("pct") ? "pct" : "pct_start", 0.3),
      startDivisor: given.number(given.has("div") ? "div" : "div_factor", 25),
      endDivisor: given.number(given.has("final_div") ? "final_div" : "final_div_factor", 1e4),
      shape: given.text("anneal_strategy", "cos") === "linear" ? "linear" : "cosine",
      threePhase: given.flag("three_phase", false),
      cycleMomentum: given.flag("cycle_momentum", true),
      lowMomentum: given.number("base_momentum", 0.85),
      highMomentum: given.number("max_momentum", 0.95),
    }),
  },
  CyclicLR: {
    parameters: ["base_lr", "max_lr", "step_size_up", "step_size_down", "mode"],
    words: Object.fromEntries(Object.keys(CYCLIC_MODES).map((mode) => [mode, { mode }])),
    translate(given) {
      const up = given.number(given.has("up") ? "up" : "step_size_up", 2000);
      const mode = CYCLIC_MODES[given.text("mode", "triangular")];
      if (mode === undefined) throw new Unsupported(`CyclicLR mode ${given.text("mode", "")}`);
      return {
        type: "cyclic",
        low: given.number("base_lr"),
        peak: given.number("max_lr"),
        up,
        down: given.number(given.has("down") ? "down" : "step_size_down", up),
        mode,
        factor: given.number("gamma", 1),
        cycleMomentum: given.flag("cycle_momentum", true),
        lowMomentum: given.number("base_momentum", 0.8),
        highMomentum: given.number("max_momentum", 0.9),
      };
    },
  },
  ReduceLROnPlateau: {
    parameters: ["mode", "factor", "patience", "threshold", "threshold_mode", "cooldown", "min_lr"],
    words: {
      min: { mode: "min" },
      max: { mode: "max" },
      abs: { threshold_mode: "abs" },
      rel: { threshold_mode: "rel" },
    },
    translate: (given) => ({
      type: "plateau",
      mode: given.text("mode", "min") === "max" ? "max" : "min",
      factor: given.number("factor", 0.1),
      patience: given.number("patience", 10),
      threshold: given.number("threshold", 1e-4),
      thresholdMode: given.text("threshold_mode", "rel") === "abs" ? "absolute" : "relative",
      cooldown: given.number("cooldown", 0),
      minimum: given.number("min_lr", 0),
    }),
  },
};

function schedulerNamed(name: string): Scheduler {
  const scheduler = SCHEDULERS[name];
  if (!scheduler) throw new Unsupported(`scheduler ${name}`);
  return scheduler;
}

/** A scheduler with keyword arguments. @throws Unsupported for one that does not exist here. */
export function scheduleOf(name: string, values: SchedulerArguments): ScheduleConfig {
  return schedulerNamed(name).translate(new Given(values));
}

/** A scheduler written as a call. */
export function scheduleOfCall({ name, positional, named }: PythonCall): ScheduleConfig {
  const { parameters, words = {} } = schedulerNamed(name);
  let values: SchedulerArguments = { ...named };
  let next = 0;
  for (const value of positional) {
    const meaning = typeof value === "string" ? words[value] : { [parameters[next++] ?? ""]: value };
    if (!meaning) throw new Unsupported(`scheduler argument ${String(value)}`);
    values = { ...values, ...meaning };
  }
  return scheduleOf(name, values);
}
