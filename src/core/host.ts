// The only place that detects what this host offers: Node, Bun, Deno, a page or a worker. It tests for features, never for the name of
// the host, and imports nothing, so that this file loads anywhere.

/** The parts of Node's `process` that we use, if it exists. */
interface NodeProcess {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly platform?: string;
  readonly arch?: string;
  readonly versions?: { readonly v8?: string };
  cwd?(): string;
  availableMemory?(): number;
  getBuiltinModule?(name: string): unknown;
}

const {
  process: found,
  navigator: page,
  setImmediate: immediate,
} = globalThis as unknown as {
  readonly process?: NodeProcess;
  readonly navigator?: { readonly hardwareConcurrency?: number };
  readonly setImmediate?: (callback: () => void) => unknown;
};

/** Node's `process`; undefined in a page. */
export const nodeProcess: NodeProcess | undefined = found?.getBuiltinModule === undefined ? undefined : found;

/** True if Node's built-in modules are available. */
export const isNode: boolean = nodeProcess !== undefined;

/** One of Node's built-in modules, by its name with `node:`; undefined in a page. */
export function nodeModule<T>(name: `node:${string}`): T | undefined {
  return nodeProcess?.getBuiltinModule?.(name) as T | undefined;
}

/** An environment variable. An empty one counts as unset; a page has none. */
export function environment(name: string): string | undefined {
  return nodeProcess?.env?.[name] || undefined;
}

/** Processor cores that this process may use; 1 if the host does not report them. */
export function coreCount(): number {
  const os = nodeModule<{ availableParallelism(): number }>("node:os");
  return os?.availableParallelism() ?? page?.hardwareConcurrency ?? 1;
}

/** May this thread wait for another one? The main thread of a page may not, and without shared memory there is nothing to wait for. */
export function canBlock(): boolean {
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0);
    return true;
  } catch {
    return false;
  }
}

/** What of a page's `MessageChannel` is used. */
interface Channel {
  readonly port1: { onmessage: () => void; close(): void };
  readonly port2: { postMessage(message: unknown): void };
}

/** Resolves after one turn of the event loop. A page has no `setImmediate`, and its timers wait 4 ms: a message goes round at once. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (immediate !== undefined) {
      immediate(resolve);
      return;
    }
    const { port1, port2 } = new MessageChannel() as unknown as Channel;
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(undefined);
  });
}

/** What of Web Crypto is used. A page has it only in a secure context. */
interface Subtle {
  digest(algorithm: "SHA-256", data: ArrayBufferView): Promise<ArrayBuffer>;
}

/** SHA-256 in hexadecimal; undefined if this host cannot compute it. */
export async function sha256(bytes: ArrayBufferView): Promise<string | undefined> {
  const { subtle } = (globalThis as unknown as { readonly crypto?: { readonly subtle?: Subtle } }).crypto ?? {};
  if (subtle === undefined) return undefined;
  // shared memory is refused
  const own = bytes.buffer instanceof ArrayBuffer ? bytes : copyOf(bytes);
  const digest = new Uint8Array(await subtle.digest("SHA-256", own));
  return Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

function copyOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return Uint8Array.from(new Uint8Array(buffer, byteOffset, byteLength));
}

/** Prints a warning to the error stream, or to the console in a page. */
export function warn(text: string): void {
  (isNode ? console.error : console.warn)(`gradus: ${text}`);
}
