import { openBackend } from "gradus";
import { Lab } from "./lab.ts";
import type { Command } from "./protocol.ts";
import { transferablesOf } from "./transferables.ts";

/** What the page sends: first where its files are, then commands. */
export type ToLab = { readonly type: "begin"; readonly base: string } | Command;

/** What of the worker's own scope is used. */
interface Scope {
  postMessage(message: unknown, transfer: ArrayBuffer[]): void;
  addEventListener(type: "message", listener: (event: { readonly data: ToLab }) => void): void;
}

const scope = globalThis as unknown as Scope;
let base = "";

async function readFile(name: string): Promise<Uint8Array<ArrayBuffer>> {
  const address = new URL(`data/${name}`, base);
  const response = await fetch(address);
  if (!response.ok) throw new Error(`${address.pathname}: the host answered ${response.status}.`);
  return new Uint8Array(await response.arrayBuffer());
}

const lab = new Lab({
  post: (message) => scope.postMessage(message, [...transferablesOf(message)]),
  openBackend: (threads) => openBackend({ backend: "wasm", threads }),
  readFile,
});

scope.addEventListener("message", ({ data }) => {
  if (data.type === "begin") base = data.base;
  else lab.handle(data);
});
