import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { mulberry } from "../engine/draw.ts";
import { mutateBytes, splice } from "./mutate-bytes.ts";
import { mutateText } from "./mutate-text.ts";
import { packed, ROWS, type Specimen } from "./specimens.ts";

const pick = <T>(random: () => number, list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** The most characters or bytes; a larger file may take a second to read just because of its size. */
const MOST = 1_000_000;

/** Applies one to three faults to text or bytes. */
function mutated(random: () => number, inner: string | Uint8Array): Uint8Array {
  let value = inner;
  for (let count = pick(random, [1, 1, 1, 2, 3]); count > 0; count--) {
    const asText = typeof value === "string" && random() < 0.8;
    value = asText
      ? mutateText(random, value as string)
      : mutateBytes(random, typeof value === "string" ? utf8(value) : value);
    value = value.slice(0, MOST);
  }
  return typeof value === "string" ? utf8(value) : value;
}

function contentOf(random: () => number, { whole, isText, parts }: Specimen, all: readonly Specimen[]): Uint8Array {
  if (random() < 0.03) return splice(random, whole, pick(random, all).whole);
  const part = parts.length > 0 && random() < 0.7 ? pick(random, parts) : undefined;
  if (part !== undefined) return part.wrap(mutated(random, part.inner));
  return mutated(random, isText ? new TextDecoder().decode(whole) : whole);
}

/** Case number `index` of a seed: a specimen with faults. The same numbers always give the same bytes. */
export function caseOf(
  seed: number,
  index: number,
  all: readonly Specimen[],
): { readonly specimen: Specimen; readonly bytes: Uint8Array } {
  const random = mulberry(Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b));
  const specimen = all[index % all.length] as Specimen;
  const bytes = contentOf(random, specimen, all);
  if (!specimen.canBePacked || random() >= 0.15) return { specimen, bytes };
  const stream = packed(bytes);
  return { specimen, bytes: random() < 0.3 ? mutateBytes(random, stream) : stream };
}

/** Writes the file of a case and the files that its reader expects beside it. */
export function writeCase(folder: string, { file }: Specimen, bytes: Uint8Array): string {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(join(folder, "rows.csv"), ROWS);
  writeFileSync(path, bytes);
  return path;
}
