import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { get } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import type { Runs } from "../../src/dashboard/protocol.ts";
import type { RunWriter } from "../../src/runs/run-writer.ts";
import { addSteps, newRun } from "./make-runs.ts";
import { ServerProcess } from "./serve-in-process.ts";

/** Places of a curve on a wide screen. */
const POINTS = 1000;

/** Milliseconds since the process was started. */
export interface Opening {
  readonly listening: number;
  readonly runs: number;
  readonly series: number;
  /** Bytes of the answers. */
  readonly runsBytes: number;
  readonly seriesBytes: number;
  readonly memoryBytes: number;
  /** Of the server's process, from its start: what the wait would be on a machine with nothing else to do. */
  readonly cpuMs: number;
}

/** From the start of the program to the first curves of all runs. */
export async function measureOpening(program: string, folder: string, measure: string): Promise<Opening> {
  const start = performance.now();
  const since = () => performance.now() - start;
  const server = await ServerProcess.start(program, folder);
  try {
    const listening = since();
    const text = await (await server.fetch("api/runs")).text();
    const runs = since();
    const ids = (JSON.parse(text) as Runs).runs.map(({ id }) => id);
    const request = { series: ids.map((run) => ({ run, measure })), points: POINTS };
    const { byteLength } = await (await server.fetch("api/series", request)).arrayBuffer();
    const series = since();
    const { memoryBytes, cpuMs } = await server.usage();
    return { listening, runs, series, runsBytes: text.length, seriesBytes: byteLength, memoryBytes, cpuMs };
  } finally {
    await server.stop();
  }
}

export interface Live {
  readonly runs: number;
  readonly ticks: number;
  /** Of one core. */
  readonly cpuShare: number;
  readonly bytesPerTick: number;
  /** New points that were sent in each tick. */
  readonly pointsPerTick: number;
}

/** Runs that are all written while one page watches two curves of each. */
export async function measureLive(
  program: string,
  folder: string,
  {
    runs,
    stepsPerSecond,
    seconds,
  }: { readonly runs: number; readonly stepsPerSecond: number; readonly seconds: number },
): Promise<Live> {
  mkdirSync(folder);
  const writers = Array.from({ length: runs }, (_, number) => newRun(folder, number));
  for (const [number, writer] of writers.entries()) write(writer, number, 1, 1000);
  const server = await ServerProcess.start(program, folder);
  let bytes = 0;
  let points = 0;
  let ticks = 0;
  let text = "";
  try {
    const { cursor } = (await (await server.fetch("api/runs")).json()) as Runs;
    const headers = { authorization: `Bearer ${server.token}` };
    const asking = get(new URL(`api/live?cursor=${cursor}`, server.address), { headers });
    const [response] = await once(asking, "response");
    response.setEncoding("utf8");
    const hello = new Promise<string>((resolve) => {
      response.on("data", (part: string) => {
        bytes += Buffer.byteLength(part);
        text += part;
        const blocks = text.split("\n\n");
        text = blocks.pop() ?? "";
        for (const block of blocks) {
          const data = /^data: (.*)$/m.exec(block)?.[1] ?? "{}";
          if (block.includes("event: hello")) resolve((JSON.parse(data) as { readonly client: string }).client);
          if (!block.includes("event: points")) continue;
          ticks++;
          for (const { steps } of JSON.parse(data) as { readonly steps: readonly number[] }[]) points += steps.length;
        }
      });
    });
    const client = await hello;
    const series = writers.flatMap(({ folder: path }) =>
      ["loss", "gradientNorm"].map((measure) => ({
        ...{ run: path.slice(folder.length + 1), measure, cursor: 1000, generation: 0 },
      })),
    );
    await server.fetch("api/subscribe", { client, series });
    // the compiler has seen the code
    let step = 1001;
    const second = async () => {
      for (const [number, writer] of writers.entries()) write(writer, number, step, stepsPerSecond);
      step += stepsPerSecond;
      await wait(1000);
    };
    for (let count = 0; count < 5; count++) await second();
    const before = await server.usage();
    const start = performance.now();
    [bytes, points, ticks] = [0, 0, 0];
    for (let count = 0; count < seconds; count++) await second();
    const after = await server.usage();
    const cpuShare = (after.cpuMs - before.cpuMs) / (performance.now() - start);
    response.destroy();
    return { runs, ticks, cpuShare, bytesPerTick: bytes / ticks, pointsPerTick: points / ticks };
  } finally {
    for (const writer of writers) writer.close();
    await server.stop();
  }
}

function write(writer: RunWriter, number: number, from: number, count: number): void {
  addSteps(writer, number, from, count);
  writer.flush();
}
