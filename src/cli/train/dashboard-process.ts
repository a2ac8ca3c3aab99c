import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { GradusError } from "../../core/errors.ts";
import { dashboardPage } from "../dashboard/page-folder.ts";

/** The dashboard in a process of its own, so that neither slows the other. */
export interface DashboardProcess {
  readonly address: string;
  close(): void;
}

/** Starts the dashboard of a folder of runs. It ends with this process, however this ends, and not by Ctrl-C, which finishes the step
 *  that is under way.
 *  @throws GradusError `file-not-found` if the page was not built; `io-error` if it cannot listen. */
export function startDashboard(folder: string): Promise<DashboardProcess> {
  dashboardPage();
  const child = spawn(process.execPath, [...process.execArgv, programFile(), "dashboard", folder, "--json"], {
    stdio: ["ignore", "pipe", "pipe", "ipc"],
    // a group of its own: Ctrl-C on the terminal does not reach it
    detached: true,
  });
  const close = () => {
    if (child.connected) child.disconnect();
  };
  return new Promise((resolve, reject) => {
    let out = "";
    let errors = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => {
      errors += text;
    });
    child.stdout?.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      const address = addressIn(out);
      if (address === undefined) return;
      // it goes on without being waited for
      child.unref();
      child.channel?.unref();
      for (const stream of [child.stdout, child.stderr]) (stream as { unref?: () => void } | null)?.unref?.();
      resolve({ address, close });
    });
    child.on("error", (cause) => reject(failed(cause.message)));
    child.on("exit", () => reject(failed(errors.trim() || out.trim())));
  });
}

function failed(reason: string): GradusError {
  return new GradusError("io-error", `--watch: the dashboard did not start: ${reason}`, { reason });
}

/** The address in the first whole line. */
function addressIn(out: string): string | undefined {
  const [line, rest] = out.split("\n", 2);
  if (rest === undefined || line === undefined) return undefined;
  try {
    const { address } = JSON.parse(line) as { readonly address?: unknown };
    return typeof address === "string" ? address : undefined;
  } catch {
    return undefined;
  }
}

/** The program that is running: beside this file once it is built, or its source. */
function programFile(): string {
  return fileURLToPath(new URL(import.meta.url.endsWith(".ts") ? "../main.ts" : "./cli.js", import.meta.url));
}
