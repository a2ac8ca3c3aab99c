#!/usr/bin/env node
import { runCli } from "./program.ts";

// a reader that has gone (`gradus train … | head`) ends no training: the weights are saved all the same, only nobody is told
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

process.exitCode = await runCli(process.argv.slice(2), { out: process.stdout, errors: process.stderr });
