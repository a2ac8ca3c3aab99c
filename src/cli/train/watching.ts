import { onInterrupt } from "../interrupt.ts";
import { aborted } from "../ports.ts";
import { jsonLine, line, type Terminal } from "../terminal.ts";
import { type DashboardProcess, startDashboard } from "./dashboard-process.ts";

/** The dashboard beside a training. */
export class Watching {
  readonly #terminal: Terminal;
  readonly #dashboard: DashboardProcess;

  private constructor(terminal: Terminal, dashboard: DashboardProcess) {
    this.#terminal = terminal;
    this.#dashboard = dashboard;
  }

  /** Starts it and prints its address. */
  static async start(terminal: Terminal, root: string): Promise<Watching> {
    const dashboard = await startDashboard(root);
    const { out, isJson } = terminal;
    if (isJson) jsonLine(out, { type: "dashboard", address: dashboard.address });
    else line(out, `the dashboard is at ${dashboard.address}`);
    return new Watching(terminal, dashboard);
  }

  /** On a terminal the page stays when the training has ended, until Ctrl-C; elsewhere nobody would end it. */
  async untilInterrupted(): Promise<void> {
    const { out, isJson } = this.#terminal;
    if (isJson || out.isTTY !== true) return;
    line(out, `the dashboard stays at ${this.#dashboard.address} until Ctrl-C`);
    const { signal, release } = onInterrupt(() => undefined);
    try {
      // a promise alone keeps no process alive
      const alive = setInterval(() => undefined, 2 ** 30);
      await aborted(signal);
      clearInterval(alive);
    } finally {
      release();
    }
  }

  close(): void {
    this.#dashboard.close();
  }
}
