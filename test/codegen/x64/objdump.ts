// Compares the assembler's own listing with the output of binutils' disassembler.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CodeBuffer } from "../../../src/codegen/x64/code-buffer.ts";

/** Why the comparison is impossible; undefined if objdump is installed and supports x86. */
export const missing: string | undefined = (() => {
  const { status, stdout } = spawnSync("objdump", ["--info"], { encoding: "utf8" });
  if (status !== 0) return "objdump is not installed";
  return stdout.includes("elf64-x86-64") ? undefined : "objdump does not support x86-64";
})();

/** Offset and text of each instruction, as decoded by objdump. */
function disassemble(bytes: Uint8Array): { offset: number; text: string }[] {
  const folder = mkdtempSync(join(tmpdir(), "gradus-x64-"));
  try {
    const file = join(folder, "code.bin");
    writeFileSync(file, bytes);
    const options = ["-D", "-w", "--no-show-raw-insn", "-b", "binary", "-m", "i386:x86-64", "-M", "intel"];
    const { stdout, stderr, status } = spawnSync("objdump", [...options, file], {
      encoding: "utf8",
      maxBuffer: 2 ** 28,
    });
    if (status !== 0) throw new Error(`objdump: ${stderr}`);
    return [...stdout.matchAll(/^ *([0-9a-f]+):\t(.*)$/gm)].map(([, offset = "", text = ""]) => ({
      offset: Number.parseInt(offset, 16),
      text,
    }));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const FLOAT_PREDICATES =
  "eq lt le unord neq nlt nle ord eq_uq nge ngt false neq_oq ge gt true eq_os lt_oq le_oq unord_s neq_us nlt_uq nle_uq ord_s eq_us nge_uq ngt_uq false_os neq_os ge_oq gt_oq true_us".split(
    " ",
  );
const INT_PREDICATES = ["eq", "lt", "le", "", "neq", "nlt", "nle"];

/** Comparisons have special names for their immediates. */
function withoutPredicate(text: string): string {
  const [, float, int, unsigned = ""] =
    /^(?:vcmp(\w+)ps|vpcmp(\w+?)(u?)d) (?=k)/.exec(text) ?? /^vcmp(\w+)ps /.exec(text) ?? [];
  const kind = float ?? int;
  const immediate = kind ? (float ? FLOAT_PREDICATES : INT_PREDICATES).indexOf(kind) : -1;
  if (immediate < 0) return text;
  return text.replace(/^\S+/, float ? "vcmpps" : `vpcmp${unsigned}d`).concat(`,0x${immediate.toString(16)}`);
}

/** objdump's text in our form: single spaces, addresses instead of distances, `{1to8}` after a place. */
function fromObjdump(text: string): string {
  const address = /\[rip\+0x[0-9a-f]+\](.*?)\s*# 0x([0-9a-f]+)/.exec(text);
  const absolute = address ? text.replace(address[0], `[0x${address[2]}]${address[1]}`) : text;
  // rbp and r13 as bases always have a displacement; objdump marks EVEX-only forms
  const plain = absolute
    .replace(/\s*#.*/, "")
    .replace(/\s+/g, " ")
    .replace("+0x0]", "]")
    .replace("{evex} ", "")
    .trim();
  // no-ops are written in many ways
  if (/^(?:nop|xchg ax,ax|data16 nop)\b/.test(plain)) return "nop";
  return withoutPredicate(plain.replace(/([DQ]WORD) BCST (\[[^\]]*\])(\{1to\d+\})?/, "$1 PTR $2{bcst}"));
}

/** Our text, with the addresses of its labels, and negative numbers in the operation's width. */
function fromListing(text: string, code: CodeBuffer): string {
  const isLow = /\b(e[a-d]x|e[sd]i|e[bs]p|r\d+d)\b|DWORD/.test(text);
  const address = (id: string, addend = "0"): string => {
    const offset = code.offsetOf({ kind: "label", id: Number(id) }) ?? Number.NaN;
    const value = addend.startsWith("-") ? offset - Number(addend.slice(1)) : offset + Number(addend);
    return `0x${value.toString(16)}`;
  };
  return text
    .replace(
      /\[L(\d+)([+-]0x[0-9a-f]+)?\]/,
      (_, id: string, addend?: string) => `[${address(id, addend?.replace("+", ""))}]`,
    )
    .replace(/ L(\d+)$/, (_, id: string) => ` ${address(id)}`)
    .replace(/,-0x([0-9a-f]+)$/, (_, digits: string) => {
      return `,0x${BigInt.asUintN(isLow ? 32 : 64, -BigInt(`0x${digits}`)).toString(16)}`;
    })
    .replace(/\{1to\d+\}/, "{bcst}");
}

export interface Difference {
  readonly offset: number;
  readonly bytes: string;
  readonly listing: string;
  readonly objdump: string;
}

/** Instructions that objdump decodes differently from the listing, or at another offset.
 *  @param end the end of the code, where constants begin. */
export function differences(code: CodeBuffer, bytes: Uint8Array, end: number): Difference[] {
  const read = new Map(disassemble(bytes).map(({ offset, text }) => [offset, text]));
  const { lines } = code;
  return lines.flatMap(({ offset, text }, number) => {
    const next = lines[number + 1]?.offset ?? end;
    const listing = fromListing(text, code);
    const found = read.get(offset);
    const ends = next === bytes.length || read.has(next);
    const objdump = found === undefined ? "nothing begins here" : fromObjdump(found);
    if (objdump === listing && ends) return [];
    const hex = [...bytes.subarray(offset, next)].map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    return [{ offset, bytes: hex, listing, objdump: ends ? objdump : `${objdump} (of another length)` }];
  });
}
