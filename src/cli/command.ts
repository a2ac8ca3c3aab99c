import type { Command } from "commander";
import type { Terminal } from "./terminal.ts";

/** One command: adds itself to the program. What it does returns the exit status; what it throws is reported in one place. */
export interface CliCommand {
  add(program: Command, run: Runner): void;
}

/** Wraps a command's work: gives it the terminal, takes its exit status. */
export type Runner = (
  options: { readonly json?: boolean },
  work: (terminal: Terminal) => Promise<number>,
) => Promise<void>;
