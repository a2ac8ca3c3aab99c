import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** A process, told from others that had or will have its number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Where the number means something: the machine since it was started, and on Linux the container. */
  readonly place: string;
  /** When the process began, in the system's own ticks; undefined where the system does not say. */
  readonly start?: string | undefined;
}

/** This process. */
export function ownIdentity(): ProcessIdentity {
  return { pid: process.pid, place: placeOf(), start: statusOf(process.pid)?.start };
}

/** Whether a process still runs; undefined if that cannot be seen from here. */
export function isRunning({ pid, place, start }: ProcessIdentity): boolean | undefined {
  if (place !== placeOf()) return machineOf(place) === hostname() && !isSameBoot(place) ? false : undefined;
  const { state, start: now } = statusOf(pid) ?? {};
  // it has ended, but its parent has not taken notice yet, and may never do
  if (state === "Z" || state === "X") return false;
  if (start !== undefined && now !== undefined) return start === now;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== "ESRCH";
  }
}

/** Name of the machine in a place. */
export function machineOf(place: string): string {
  return place.split(" ", 1)[0] ?? "";
}

/** Name of the machine, the system's start and the namespace of its process numbers; on other systems than Linux the name alone. */
function placeOf(): string {
  known ??= [hostname(), read("/proc/sys/kernel/random/boot_id"), namespace()].filter(Boolean).join(" ");
  return known;
}

let known: string | undefined;

/** A machine with our name that was started at another time is this one before its restart. */
function isSameBoot(place: string): boolean {
  return place.split(" ")[1] === placeOf().split(" ")[1];
}

function namespace(): string | undefined {
  try {
    return readlinkSync("/proc/self/ns/pid");
  } catch {
    return undefined;
  }
}

/** The state of a process, and when it began, in ticks since the system did: fields 3 and 22 of /proc/PID/stat. The second field is the
 *  program's name, which may contain spaces and brackets. */
function statusOf(pid: number): { readonly state: string | undefined; readonly start: string | undefined } | undefined {
  const text = read(`/proc/${pid}/stat`);
  const fields = text?.slice(text.lastIndexOf(")") + 2).split(" ");
  return fields && { state: fields[0], start: fields[19] };
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
}
