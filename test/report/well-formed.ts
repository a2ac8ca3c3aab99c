import assert from "node:assert/strict";

const VOID = new Set(["meta", "br"]);

/** Asserts that every element is closed in order, attributes are quoted, and no "<" or "&" is bare. */
export function assertWellFormed(html: string): void {
  const open: string[] = [];
  const body = html.replace(/^<!doctype html>/, "").replace(/<style[\s>][\s\S]*?<\/style>/g, "");
  const tag = /<(\/?)([a-zA-Z][\w:-]*)((?:\s+[\w:-]+(?:="[^"<]*")?)*)\s*(\/?)>/g;
  for (const [, isEnd, name = "", , isEmpty] of body.matchAll(tag)) {
    if (isEnd) assert.equal(open.pop(), name);
    else if (!isEmpty && !VOID.has(name)) open.push(name);
  }
  assert.deepEqual(open, []);
  const text = body.replace(tag, "");
  assert.doesNotMatch(text, /[<>]/);
  assert.doesNotMatch(text, /&(?!(?:amp|lt|gt|quot|#\d+);)/);
}
