import { createHash } from "node:crypto";

/** Longest name of a folder, in bytes of UTF-8: file systems allow 255; some of it is left to the files in it. */
const MOST_BYTES = 100;

/** Characters that Windows, shells or people trip over: separators, quotes, wildcards, control characters, those that change the direction
 *  of text, and lone surrogates. */
const UNSAFE = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zl}\p{Zp}/\\:*?"'`<>|$&;#%!{}~^]+/gu;

/** Names that are devices on Windows, with any ending. */
const DEVICE = /^(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(\..*)?$/i;

/** A name for a run's folder that is safe on every system, from any name. Letters of all scripts stay; spaces become "-".
 *    "lr 0.1 / big"  ->  "lr-0.1-big"        "../../etc"  ->  "etc"        "nul"  ->  "_nul"
 *  @param isTaken whether there is such a folder already; then a number is added: "first-2". */
export function folderName(name: string, isTaken: (candidate: string) => boolean = () => false): string {
  const base = safeName(name);
  if (!isTaken(base)) return base;
  for (let number = 2; ; number++) {
    const candidate = `${base}-${number}`;
    if (!isTaken(candidate)) return candidate;
  }
}

function safeName(name: string): string {
  const plain = name
    .normalize("NFC")
    .replace(UNSAFE, "-")
    .replace(/\s+/g, "-")
    .replace(/-{2,}/g, "-")
    // neither hidden, nor an option, nor a path; Windows drops dots and spaces at the end
    .replace(/^[-.]+|[-.]+$/g, "");
  if (plain === "") return "run";
  const short = Buffer.byteLength(plain) > MOST_BYTES ? shortened(plain, name) : plain;
  return DEVICE.test(short) ? `_${short}` : short;
}

/** The beginning of a long name, with a digest that tells it from others that begin alike. */
function shortened(plain: string, name: string): string {
  const digest = createHash("sha256").update(name).digest("hex").slice(0, 8);
  let short = "";
  for (const character of plain) {
    if (Buffer.byteLength(short + character) > MOST_BYTES - 9) break;
    short += character;
  }
  return `${short.replace(/[-.]+$/, "")}-${digest}`;
}
