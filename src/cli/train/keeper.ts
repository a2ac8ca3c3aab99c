import { GradusError } from "../../core/errors.ts";
import { saveModel } from "../../files/model-file.ts";
import { writeTarget } from "../../files/write-target.ts";
import type { Json } from "../../io/checkpoint.ts";
import type { Model } from "../../nn/model.ts";
import type { ModelState } from "../../nn/state.ts";
import type { AveragedStates } from "../../train/averages/states.ts";
import { outputPath, saveOrRescue } from "../output.ts";
import { jsonLine, line, type Terminal } from "../terminal.ts";

/** The weights of a training, and their averages. */
interface Weights extends AveragedStates {
  readonly state: ModelState;
}

/** Saves the weights of a training: as soon as there are weights to keep, and again when their scores are known. */
export class Keeper {
  readonly #terminal: Terminal;
  readonly #model: Model;
  readonly #path: string | undefined;
  readonly #about: object;
  #place: string | undefined;
  #failure: unknown;

  /** @param given the path of the weights; undefined: they are not saved.
   *  @param about what is saved with them besides the scores. */
  constructor(terminal: Terminal, model: Model, given: string | undefined, about: object) {
    this.#terminal = terminal;
    this.#model = model;
    this.#path = given === undefined ? undefined : outputPath(given);
    this.#about = about;
  }

  /** Where the weights were saved; undefined until then. */
  get place(): string | undefined {
    return this.#place;
  }

  /** Writes the weights, to another path if their own cannot be written. Does not throw; `requireKept` does. */
  async keep({ state, ema, swa }: Weights, scores: Json): Promise<void> {
    const path = this.#path;
    if (path === undefined || this.#failure !== undefined) return;
    const about = JSON.parse(JSON.stringify({ ...this.#about, scores })) as Json;
    const averages = { ...(ema === undefined ? {} : { ema }), ...(swa === undefined ? {} : { swa }) };
    const save = (file: string) => saveModel(file, { model: this.#model, state, ...averages, about });
    try {
      // the same weights are already saved; only their scores are new
      if (this.#place !== undefined) return isFile(path) ? await save(path) : undefined;
      await saveOrRescue(path, save);
      this.#tell(path);
    } catch (error) {
      this.#failure = error;
      const saved = error instanceof GradusError ? error.values.saved : undefined;
      if (typeof saved === "string") this.#tell(saved);
    }
  }

  /** @throws the error that kept the weights or their scores from being saved. */
  requireKept(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }

  #tell(place: string): void {
    this.#place = place;
    const { isJson, out } = this.#terminal;
    if (isJson) jsonLine(out, { type: "saved", path: place });
    else line(out, `saved to ${place}`);
  }
}

/** Whether the path is a file; a pipe can take the weights only once. */
function isFile(path: string): boolean {
  return writeTarget(path).kind === "file";
}
