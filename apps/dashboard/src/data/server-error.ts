/** What the server refused, or why there is no answer. Codes of the page's own: "no-connection", "bad-answer"; all others are the server's. */
export class ServerError extends Error {
  override readonly name = "ServerError";
  readonly code: string;
  readonly values: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, values: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.values = values;
  }
}

/** The error of an answer with a status of 400 or more. @param body its text: JSON of the protocol, or whatever stood in between. */
export function errorOf(status: number, body: string): ServerError {
  try {
    const { error } = JSON.parse(body) as { readonly error?: Readonly<Record<string, unknown>> };
    if (typeof error?.code === "string" && typeof error.message === "string") {
      const values = typeof error.values === "object" && error.values !== null ? error.values : {};
      return new ServerError(error.code, error.message, { ...values });
    }
  } catch {
    // not JSON: told below
  }
  return new ServerError("bad-answer", `The server answered with status ${status}.`, { status });
}
