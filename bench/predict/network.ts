import { GradusError } from "../../src/core/errors.ts";
import { type NetworkWorkload, WORKLOADS } from "../workloads.ts";

/** @throws GradusError `bad-argument` for a workload that is not a network. */
export function networkOf(name: string): NetworkWorkload {
  const workload = WORKLOADS[name as keyof typeof WORKLOADS];
  if (workload?.kind === "network") return workload;
  throw new GradusError("bad-argument", `--predict: ${name} is not a network.`, { name });
}

export const NETWORK_NAMES = Object.entries(WORKLOADS).flatMap(([name, { kind }]) =>
  kind === "network" ? [name] : [],
);
