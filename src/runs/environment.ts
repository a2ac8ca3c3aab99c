import { arch, cpus, hostname, platform, release, totalmem } from "node:os";
import { coreCount } from "../core/host.ts";
import { gitState } from "./git-state.ts";
import { packageVersion } from "./package-version.ts";
import type { RunEnvironment } from "./types.ts";

/** Where this process runs, for a run's description. What the system does not say is empty; never throws. */
export function runEnvironment(): RunEnvironment {
  const directory = told(() => process.cwd(), "");
  return {
    gradus: told(packageVersion, ""),
    node: process.versions.node,
    platform: told(() => `${platform()} ${release()} ${arch()}`, ""),
    processor: told(() => cpus()[0]?.model.trim() ?? "", ""),
    cores: told(coreCount, 1),
    memoryBytes: told(totalmem, 0),
    host: told(hostname, ""),
    directory,
    command: process.argv,
    git: gitState(directory),
  };
}

function told<Value>(ask: () => Value, otherwise: Value): Value {
  try {
    return ask();
  } catch {
    return otherwise;
  }
}
