import { availableParallelism, cpus, freemem, totalmem } from "node:os";
import { BACKEND_NAMES, openBackend } from "../engine/select-backend.ts";
import type { BackendName } from "../runtime/backend.ts";
import type { CliCommand } from "./command.ts";
import { EXIT } from "./exit-codes.ts";
import { jsonLine, line, styled, type Terminal } from "./terminal.ts";
import { packageVersion } from "./version.ts";

/** The description of a backend, or why it does not run here. */
type BackendReport =
  | { readonly name: BackendName; readonly threads: number; readonly description: string }
  | { readonly name: BackendName; readonly unavailable: string };

export const infoCommand: CliCommand = {
  add(command, run) {
    command
      .option("--json", "one JSON object")
      .addHelpText("after", "\nExamples:\n  gradus info\n  GRADUS_THREADS=1 gradus info --json")
      .action((options: { readonly json?: boolean }) =>
        run(options, async (terminal) => {
          show(terminal, await collect());
          return EXIT.ok;
        }),
      );
  },
};

async function collect() {
  const chosen = await openBackend();
  return {
    gradus: packageVersion(),
    node: process.versions.node,
    v8: process.versions.v8,
    platform: `${process.platform} ${process.arch}`,
    processor: cpus()[0]?.model.trim() ?? "unknown",
    cores: availableParallelism(),
    memoryBytes: totalmem(),
    freeMemoryBytes: freemem(),
    backend: chosen.name,
    threads: chosen.threads,
    reason: reasonOf(chosen.name),
    backends: await Promise.all(BACKEND_NAMES.map(describe)),
  } as const;
}

/** Why this backend was chosen. */
function reasonOf(name: BackendName): string {
  const { GRADUS_BACKEND: asked } = process.env;
  if (asked !== undefined && asked !== "auto") return `GRADUS_BACKEND is ${asked}`;
  return name === BACKEND_NAMES[0] ? "the fastest" : "the fastest available";
}

async function describe(name: BackendName): Promise<BackendReport> {
  try {
    const { threads, description } = await openBackend({ backend: name });
    return { name, threads, description };
  } catch (error) {
    // messages begin with the backend's name, which stands beside them
    return { name, unavailable: (error as Error).message.replace(`${name}: `, "") };
  }
}

function show(terminal: Terminal, info: Awaited<ReturnType<typeof collect>>): void {
  const { out } = terminal;
  if (terminal.isJson) {
    jsonLine(out, info);
    return;
  }
  const gigabytes = (bytes: number) => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  const lines: readonly (readonly [string, string])[] = [
    ["Gradus", info.gradus],
    ["Node", `${info.node} (V8 ${info.v8})`],
    ["machine", `${info.platform}, ${info.processor}, ${info.cores} cores`],
    ["memory", `${gigabytes(info.memoryBytes)}, ${gigabytes(info.freeMemoryBytes)} free`],
    ["backend", `${info.backend}, ${info.threads} ${info.threads === 1 ? "thread" : "threads"}: ${info.reason}`],
    ...info.backends.map(
      (each) =>
        [`  ${each.name}`, "unavailable" in each ? `not available: ${each.unavailable}` : each.description] as const,
    ),
  ];
  for (const [name, value] of lines) line(out, `${styled(out, "bold", name.padEnd(12))} ${value}`);
}
