import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";

/** Why a request is not let in. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const LOOPBACK = new Set(["127.0.0.1", "localhost", "[::1]"]);

/** Whether only this machine reaches an interface. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.has(host) || host === "::1";
}

/** 32 random bytes, as text for an address. */
export function newToken(): string {
  return randomBytes(32).toString("base64url");
}

/** Lets in who knows the token: by cookie, by `Authorization: Bearer`, or by `?token=` in the first address, which is answered with the
 *  cookie. Other pages in the same browser are kept out, those of other servers of this machine too: a name that was made to point here
 *  (Host), scripts and forms of other origins (Origin, Sec-Fetch-Site). */
export class Gate {
  readonly #token: Buffer;
  readonly #cookie: string;
  readonly #hosts: ReadonlySet<string>;

  constructor(token: string, port: number) {
    this.#token = digest(token);
    // cookies do not distinguish ports
    this.#cookie = `gradus-${port}`;
    const names = [...LOOPBACK];
    this.#hosts = new Set([...names.map((name) => `${name}:${port}`), ...(port === 80 ? names : [])]);
  }

  /** Undefined: the request may come in, as far as it says where it comes from. */
  refusal({ headers }: IncomingMessage): Refusal | undefined {
    const { host = "", origin, "sec-fetch-site": site } = headers;
    if (!this.#hosts.has(host.toLowerCase())) {
      return forbidden("The Host is not a name of this machine with this server's port. Use the printed address.");
    }
    if (origin !== undefined && origin.toLowerCase() !== `http://${host.toLowerCase()}`) {
      return forbidden("The request comes from a page of another origin. Use the printed address.");
    }
    if (site !== undefined && site !== "same-origin" && site !== "none") {
      return forbidden("The request comes from another site. Paste the printed address into the address bar.");
    }
    return undefined;
  }

  /** Whether a request has the cookie or the token in its head. */
  isKnown({ headers }: IncomingMessage): boolean {
    const bearer = /^Bearer (\S+)$/i.exec(headers.authorization ?? "")?.[1];
    if (bearer !== undefined) return this.accepts(bearer);
    const cookies = (headers.cookie ?? "").split(/;\s*/).map((each) => each.split("="));
    return cookies.some(([name, value = ""]) => name === this.#cookie && this.accepts(value));
  }

  /** Compares in a time that does not depend on where a wrong token differs. */
  accepts(token: string): boolean {
    return timingSafeEqual(digest(token), this.#token);
  }

  /** The cookie that lets a browser in from now on; no script can read it, and no other site can make the browser send it. */
  cookieOf(token: string): string {
    return `${this.#cookie}=${token}; Path=/; HttpOnly; SameSite=Strict`;
  }
}

function digest(token: string): Buffer {
  return createHash("sha256").update(token).digest();
}

function forbidden(message: string): Refusal {
  return { status: 403, code: "forbidden", message };
}
