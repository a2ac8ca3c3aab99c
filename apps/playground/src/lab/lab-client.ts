import type { ToLab } from "./lab-worker.ts";
import type { Command, Message } from "./protocol.ts";

/** The worker that trains, as the page has it. */
export interface LabClient {
  send(command: Command): void;
  /** Ends the worker at once, whatever it does. */
  dispose(): void;
}

/** Starts the worker. A worker that breaks says so as `refused`. */
export function createLab(onMessage: (message: Message) => void): LabClient {
  const worker = new Worker(new URL("./lab-worker.ts", import.meta.url), { type: "module", name: "lab" });
  const post = (message: ToLab) => worker.postMessage(message);
  worker.onmessage = ({ data }: MessageEvent<Message>) => onMessage(data);
  worker.onerror = ({ message }) => {
    onMessage({
      type: "refused",
      error: { code: "worker-failed", message: message || "The worker failed.", values: {} },
    });
  };
  post({ type: "begin", base: document.baseURI });
  return { send: post, dispose: () => worker.terminate() };
}
