import { canBlock, isNode, nodeModule } from "../../core/host.ts";

/** A thread that runs a script, in Node or in a page. */
export interface WorkerThread {
  post(message: unknown): void;
  /** Resolves when it has started, where that needs this thread's event loop; rejects if it does not start. */
  readonly ready: Promise<void>;
  /** Called if the thread ends or fails by itself. */
  onLoss: (() => void) | undefined;
  terminate(): void;
}

interface NodeThread {
  postMessage(message: unknown): void;
  on(event: string, listener: (value: unknown) => void): void;
  unref(): void;
  terminate(): Promise<number>;
}

interface NodeThreads {
  readonly Worker: new (source: string, options: object) => NodeThread;
}

/** What of a page is used, where there is one. */
const page = globalThis as unknown as {
  readonly Worker?: new (
    url: string,
    options: { readonly name: string },
  ) => {
    postMessage(message: unknown): void;
    onmessage: (() => void) | null;
    onerror: ((event: { readonly message?: string }) => void) | null;
    terminate(): void;
  };
  readonly crossOriginIsolated?: boolean;
};

/** Why this thread cannot run programs together with others; undefined if it can. */
export function whyOneThread(): string | undefined {
  if (isNode) return nodeModule("node:worker_threads") === undefined ? "this host has no worker threads" : undefined;
  if (page.crossOriginIsolated !== true) return "the page is not cross-origin isolated";
  if (!canBlock()) return "a page's main thread may not wait for others; train in a worker";
  return page.Worker === undefined ? "this host has no workers" : undefined;
}

/** Starts a thread. @param source of a classic script. @param name for debuggers. */
export function startThread(source: string, name: string): WorkerThread {
  return isNode ? startInNode(source, name) : startInPage(source, name);
}

function startInNode(source: string, name: string): WorkerThread {
  const { Worker } = nodeModule<NodeThreads>("node:worker_threads") as NodeThreads;
  const worker = new Worker(source, { eval: true, name, execArgv: [] });
  const thread = {
    post: (message: unknown) => worker.postMessage(message),
    // it starts by itself, even while this thread is blocked
    ready: Promise.resolve(),
    onLoss: undefined as (() => void) | undefined,
    terminate: () => void worker.terminate(),
  };
  worker.on("exit", () => thread.onLoss?.());
  worker.unref();
  return thread;
}

/** From a blob, which every bundler leaves as it is. */
function startInPage(source: string, name: string): WorkerThread {
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const worker = new (page.Worker as NonNullable<typeof page.Worker>)(url, { name });
  const thread: WorkerThread = {
    post: (message) => worker.postMessage(message),
    ready: new Promise<void>((resolve, reject) => {
      worker.onmessage = () => resolve();
      worker.onerror = ({ message }) => {
        reject(new Error(message || "a worker did not start; does the page's policy allow worker-src blob: ?"));
        thread.onLoss?.();
      };
    }).finally(() => URL.revokeObjectURL(url)),
    onLoss: undefined,
    terminate: () => worker.terminate(),
  };
  return thread;
}
