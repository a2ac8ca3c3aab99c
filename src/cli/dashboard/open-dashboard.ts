import { type Dashboard, serveDashboard } from "../../dashboard/serve.ts";
import { onFreePort } from "../ports.ts";
import { dashboardPage } from "./page-folder.ts";

const USUAL_PORT = 5190;

export interface OpenOptions {
  readonly host: string;
  /** Undefined: the usual one, or the next that is free. */
  readonly port: number | undefined;
}

/** Serves the dashboard of a folder of runs.
 *  @throws GradusError `file-not-found` if the page was not built; `io-error` if the port is in use or may not be used. */
export function openDashboard(folder: string, { host, port }: OpenOptions): Promise<Dashboard> {
  const pageFolder = dashboardPage();
  return onFreePort(port, USUAL_PORT, (each) => serveDashboard(folder, { host, port: each, pageFolder }));
}
