import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve, sep } from "node:path";
import { GradusError } from "../../core/errors.ts";
import { systemFailure } from "../../files/system-errors.ts";

const STYLE_LINK = /<link\b[^>]*\brel="stylesheet"[^>]*>/g;
const PRELOAD = /<link\b[^>]*\brel="(?:module)?preload"[^>]*>\s*/g;
const SCRIPT = /<script\b[^>]*\bsrc="[^"]*"[^>]*>\s*<\/script>/g;

/** A built page as one file: its scripts and style sheets in it, and data in an element that no browser runs.
 *  @param id of the element with the data.
 *  @throws GradusError `file-not-found` if the folder has no page; `bad-data` for a page that loads what is not in its folder. */
export function inlinePage(pageFolder: string, id: string, data: unknown): string {
  const page = readPart(pageFolder, "index.html");
  const scripts: string[] = [];
  const body = page
    .replace(PRELOAD, "")
    .replace(STYLE_LINK, (tag) => {
      const styles = readPart(pageFolder, attribute(tag, "href"));
      // in CSS, an escape for the slash keeps a text's meaning
      return `<style>${styles.replace(/<\/style/gi, "<\\/style")}</style>`;
    })
    .replace(SCRIPT, (tag) => {
      const script = scriptIn(readPart(pageFolder, attribute(tag, "src")));
      scripts.push(script.source);
      return script.tag;
    });
  const head = [
    `<meta http-equiv="Content-Security-Policy" content="${policy(scripts)}">`,
    `<script type="application/json" id="${id}">${dataText(data)}</script>`,
  ].join("\n");
  // by a function: in a replacement text, $& has a meaning
  return body.replace(/<head\b[^>]*>/i, (tag) => `${tag}\n${head}`);
}

/** JSON inside an element: a "<" could end it, or begin another one. JSON reads the escape as the same text. */
function dataText(data: unknown): string {
  return JSON.stringify(data, (_, each: unknown) =>
    typeof each === "number" && !Number.isFinite(each) ? String(each) : each,
  ).replaceAll("<", "\\u003c");
}

/** A module in the page, and what the policy must allow. A text that could end the element is escaped; where the parser of HTML would
 *  read on over the end of the element, the module becomes an address with its content. */
function scriptIn(code: string): { readonly tag: string; readonly source: string } {
  if (/<!--/.test(code)) {
    const address = `data:text/javascript;base64,${Buffer.from(code).toString("base64")}`;
    return { tag: `<script type="module" src="${address}"></script>`, source: "data:" };
  }
  // the parser of HTML makes one kind of line end of all, before the hash is compared
  const safe = code.replace(/\r\n?/g, "\n").replace(/<\/script/gi, "<\\/script");
  const hash = createHash("sha256").update(safe).digest("base64");
  return { tag: `<script type="module">${safe}</script>`, source: `'sha256-${hash}'` };
}

/** The file loads nothing, and runs no script but its own. */
function policy(scripts: readonly string[]): string {
  const sources = scripts.length === 0 ? "'none'" : [...new Set(scripts)].join(" ");
  return [
    "default-src 'none'",
    `script-src ${sources}`,
    "style-src 'unsafe-inline'",
    "img-src data: blob:",
    "font-src data:",
    "frame-src blob:",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

function attribute(tag: string, name: string): string {
  return new RegExp(`\\b${name}="([^"]*)"`).exec(tag)?.[1] ?? "";
}

function readPart(pageFolder: string, path: string): string {
  const root = resolve(pageFolder);
  const file = resolve(join(root, path));
  if (!file.startsWith(root + sep) || /^\w+:|^\/\//.test(path)) {
    throw new GradusError("bad-data", `${root}: the page loads ${path}, which is not in its folder. Build it anew.`, {
      folder: root,
      path,
    });
  }
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw systemFailure("read", file, cause);
  }
}
