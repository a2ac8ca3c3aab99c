import type { Command } from "commander";
import type { Terminal } from "./terminal.ts";

/** One command: adds arguments, options, help and an action to a command that already has its name and description. The action returns
 *  the exit status; errors that it throws are reported in one place. */
export interface CliCommand {
  add(command: Command, run: Runner): void;
}

/** Wraps the work of a command: passes the terminal in and takes the exit status. */
export type Runner = (
  options: { readonly json?: boolean },
  work: (terminal: Terminal) => Promise<number>,
) => Promise<void>;
