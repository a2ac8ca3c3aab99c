/** What of a `Worker`, a `MessagePort` or a worker's global scope is used. */
export interface Port {
  postMessage(message: unknown): void;
  addEventListener(type: string, listener: (event: PortEvent) => void): void;
  removeEventListener(type: string, listener: (event: PortEvent) => void): void;
  /** A `MessagePort` delivers nothing before this. */
  start?(): void;
  /** Ends a `Worker` at once. */
  terminate?(): unknown;
  /** Closes a `MessagePort`. */
  close?(): unknown;
}

/** A message event, or the error event of a worker. */
export interface PortEvent {
  readonly type: string;
  readonly data?: unknown;
  readonly message?: string;
}
