import { basename } from "node:path";
import { GradusError } from "../../core/errors.ts";
import type { RunKind, RunReader } from "../../runs/types.ts";
import type { RunRecord } from "../../watch/record.ts";

/** Stands for a run that cannot be opened: it is shown, and says why. */
export class BrokenRun implements RunReader {
  readonly id: string;
  readonly kind: RunKind;
  readonly folder: string;
  readonly name: string;
  readonly createdAt = undefined;
  readonly updatedAt = undefined;
  readonly description = undefined;
  readonly settings = {};
  readonly status = "unknown";
  readonly events = [];
  readonly measures = new Map<string, never>();
  readonly histograms = new Map<string, never>();
  readonly texts = new Map<string, never>();
  readonly warnings: readonly string[];
  readonly notes = "";

  constructor({ id, kind, path }: { readonly id: string; readonly kind: RunKind; readonly path: string }, why: string) {
    this.id = id;
    this.kind = kind;
    this.folder = path;
    this.name = basename(path);
    this.warnings = [why];
  }

  refresh(): boolean {
    return false;
  }

  toRecord(): RunRecord {
    throw new GradusError("bad-data", `${this.folder}: the run cannot be read: ${this.warnings[0]}`, {
      file: this.folder,
    });
  }
}
