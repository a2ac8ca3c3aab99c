import type { Command } from "commander";
import type { Terminal } from "./terminal.ts";

/** What one command does: adds arguments, options, help and action to a command that has its name and description. The action returns
 *  the exit status; what it throws is reported in one place. */
export interface CliCommand {
  add(command: Command, run: Runner): void;
}

/** Wraps a command's work: gives it the terminal, takes its exit status. */
export type Runner = (
  options: { readonly json?: boolean },
  work: (terminal: Terminal) => Promise<number>,
) => Promise<void>;
