import type { IncomingMessage } from "node:http";
import { GradusError, requireArgument } from "../../core/errors.ts";
import { parseJson } from "../../core/json.ts";

/** The largest body of a request: notes are the largest thing that a page sends. */
export const LARGEST_BODY_BYTES = 2 ** 22;

/** The JSON of a request. Reads no more than LARGEST_BODY_BYTES, whatever the head promises.
 *  @throws GradusError `bad-argument` for another content type and what is no JSON; `limit-exceeded`. */
export async function readBody(request: IncomingMessage): Promise<unknown> {
  const { "content-type": type = "", "content-encoding": encoding, "content-length": length } = request.headers;
  // a form of another site cannot send this type
  requireArgument(
    /^application\/json\s*(;|$)/i.test(type),
    `expected the content type application/json, got ${type === "" ? "none" : type}.`,
    { type },
  );
  requireArgument(encoding === undefined, `expected a body as it is, got content encoding ${encoding}.`, { encoding });
  if (Number(length ?? 0) > LARGEST_BODY_BYTES) throw tooLarge();
  const parts: Buffer[] = [];
  let got = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    got += part.length;
    if (got > LARGEST_BODY_BYTES) throw tooLarge();
    parts.push(part);
  }
  try {
    return parseJson("the request", Buffer.concat(parts).toString("utf8"));
  } catch (cause) {
    if (cause instanceof GradusError) throw cause;
    throw new GradusError("bad-argument", "expected a body of JSON.", {}, { cause });
  }
}

function tooLarge(): GradusError {
  return new GradusError("limit-exceeded", `a request has at most ${LARGEST_BODY_BYTES} bytes. Send less.`, {
    limit: LARGEST_BODY_BYTES,
  });
}
