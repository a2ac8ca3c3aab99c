import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { build } from "esbuild";

/** What the process has used so far. */
export interface Usage {
  readonly cpuMs: number;
  readonly memoryBytes: number;
}

/** Bundles the server as the package does. @returns the program's file. */
export async function bundleServer(scratch: string): Promise<string> {
  await build({
    ...{
      entryPoints: ["bench/dashboard/server.ts"],
      outdir: scratch,
      splitting: true,
      bundle: true,
      platform: "node",
      format: "esm",
    },
    outExtension: { ".js": ".mjs" },
    define: { GRADUS_VERSION: '"0.0.0"' },
    external: ["sharp", "koffi", "#native", "#processes"],
    logLevel: "error",
  });
  return join(scratch, "server.mjs");
}

/** The dashboard in a process of its own. */
export class ServerProcess {
  readonly #child: ChildProcess;
  readonly address: string;
  readonly token: string;

  private constructor(child: ChildProcess, address: string) {
    this.#child = child;
    this.address = new URL("/", address).href;
    this.token = new URL(address).searchParams.get("token") ?? "";
  }

  static async start(program: string, folder: string, pageFolder = "."): Promise<ServerProcess> {
    const child = fork(program, [folder, pageFolder], { execArgv: [] });
    const [{ address }] = (await once(child, "message")) as [{ readonly address: string }];
    return new ServerProcess(child, address);
  }

  async fetch(path: string, body?: unknown): Promise<Response> {
    const headers = { authorization: `Bearer ${this.token}`, "content-type": "application/json" };
    const answer = await fetch(
      new URL(path, this.address),
      body === undefined ? { headers } : { headers, method: "POST", body: JSON.stringify(body) },
    );
    if (!answer.ok) throw new Error(`${path}: ${answer.status} ${await answer.text()}`);
    return answer;
  }

  async usage(): Promise<Usage> {
    this.#child.send("usage");
    const [usage] = (await once(this.#child, "message")) as [Usage];
    return usage;
  }

  async stop(): Promise<void> {
    this.#child.disconnect();
    await once(this.#child, "exit");
  }
}
