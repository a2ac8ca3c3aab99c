import { readFileSync } from "node:fs";
import { cpus } from "node:os";

/** What the system says about one processor: fields of Linux's /proc/cpuinfo, empty elsewhere. */
export interface ProcessorFacts {
  readonly model: string;
  readonly family?: number;
  readonly flags: readonly string[];
}

/** AMD's families by the microarchitecture that people know them by; the 25th is two of them. */
const AMD_FAMILIES: Readonly<Record<number, (flags: readonly string[]) => string>> = {
  23: () => "Zen 2 or older",
  25: (flags) => (flags.includes("avx512f") ? "Zen 4" : "Zen 3"),
  26: () => "Zen 5",
};

/** Vector units that decide who is fast, by their flags. */
const UNITS = [
  ["amx_tile", "AMX"],
  ["avx512f", "AVX-512"],
  ["avx2", "AVX2"],
] as const;

/** A name under which figures of this kind of processor are kept: `AMD EPYC (Zen 5)`, `Intel Xeon (AMX)`. Models of one kind that
 *  differ in clock or cores share it. */
export function processorName({ model, family, flags }: ProcessorFacts): string {
  const plain = model
    .replace(/\((R|TM)\)|CPU|Processor|@.*|\d+-Core/gi, " ")
    .replace(/\s+/g, " ")
    .trim();
  const brand = /(AMD (EPYC|Ryzen)|Intel (Xeon|Core))/i.exec(plain)?.[0] ?? plain;
  const generation = /^AMD/i.test(plain) && family !== undefined ? AMD_FAMILIES[family]?.(flags) : undefined;
  const kind = generation ?? UNITS.find(([flag]) => flags.includes(flag))?.[1];
  return kind === undefined ? brand : `${brand} (${kind})`;
}

/** This machine's processor. */
export function thisProcessor(): string {
  return processorName(readFacts());
}

function readFacts(): ProcessorFacts {
  const model = cpus()[0]?.model.trim() ?? "unknown processor";
  try {
    const text = readFileSync("/proc/cpuinfo", "utf8");
    const family = /^cpu family\s*:\s*(\d+)$/m.exec(text)?.[1];
    const flags = /^flags\s*:\s*(.*)$/m.exec(text)?.[1]?.split(" ") ?? [];
    return { model, flags, ...(family === undefined ? {} : { family: Number(family) }) };
  } catch {
    // not Linux
    return { model, flags: [] };
  }
}
