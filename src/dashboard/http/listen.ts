import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { GradusError } from "../../core/errors.ts";

export interface ListenOptions {
  /** Interface to listen on. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
}

/** Starts to listen. @returns the port.
 *  @throws GradusError `io-error` if the port is in use (`values.code`: EADDRINUSE) or may not be used. */
export function listen(server: Server, { host, port }: ListenOptions): Promise<number> {
  return new Promise((done, fail) => {
    server.once("error", (error: NodeJS.ErrnoException) => {
      const { code } = error;
      const why = code === "EADDRINUSE" ? "the port is in use" : error.message;
      const text = `cannot listen on ${host}, port ${port}: ${why}. Give another port, or 0 for any that is free.`;
      fail(new GradusError("io-error", text, { code, host, port }, { cause: error }));
    });
    server.listen(port, host, () => done((server.address() as AddressInfo).port));
  });
}

/** `http://127.0.0.1:5180/` */
export function addressOf(host: string, port: number): string {
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}/`;
}

/** Ends the server and what it is sending. */
export function closeServer(server: Server): Promise<void> {
  return new Promise((done) => {
    server.close(() => done());
    server.closeAllConnections();
  });
}
