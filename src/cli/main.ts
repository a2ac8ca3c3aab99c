#!/usr/bin/env node
import { EXIT } from "./exit-codes.ts";
import { runCli } from "./program.ts";

/** Error codes of a stream without a reader: the pipe is closed, the terminal is gone. */
const GONE = ["EPIPE", "EIO", "ERR_STREAM_DESTROYED"];

let failure: NodeJS.ErrnoException | undefined;
for (const stream of [process.stdout, process.stderr]) {
  // A failed write to the output does not stop training; the weights are still saved. A closed pipe (`gradus train … | head`) is no
  // error; a full disk sets the exit status at the end.
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (GONE.includes(error.code ?? "") || failure !== undefined) return;
    failure = error;
    process.exitCode ||= EXIT.environment;
    process.stderr.write(`error (io-error)  the output could not be written: ${error.message}\n`);
  });
}

const status = await runCli(process.argv.slice(2), { out: process.stdout, errors: process.stderr });
process.exitCode = status !== EXIT.ok || failure === undefined ? status : EXIT.environment;
