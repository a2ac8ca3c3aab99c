const { setImmediate: immediate } = globalThis as { readonly setImmediate?: (callback: () => void) => unknown };

/** Who waits for the next turn, in order. */
const waiting: (() => void)[] = [];
let port: Port | undefined;

/** What of a `MessagePort` is used: the types of pages and of Node differ. */
interface Port {
  onmessage: (() => void) | null;
  postMessage(message: unknown): void;
}

/** Resolves after one turn of the event loop, in which messages are heard. A page has no `setImmediate`, and its timers wait 4 ms: a
 *  message to oneself goes round at once. */
export function nextTurn(): Promise<void> {
  return new Promise((resolve) => {
    if (immediate !== undefined) {
      immediate(resolve);
      return;
    }
    if (port === undefined) {
      const { port1, port2 } = new MessageChannel() as unknown as { readonly port1: Port; readonly port2: Port };
      port1.onmessage = () => waiting.shift()?.();
      port = port2;
    }
    waiting.push(resolve);
    port.postMessage(undefined);
  });
}
