import { Writable } from "node:stream";
import { runCli } from "../../src/cli/program.ts";
import type { CliRun } from "./run-cli.ts";

/** A stream that stores what is written to it and passes it to a listener. */
function collector(onText: (text: string) => void): NodeJS.WriteStream & { readonly text: string } {
  const stream = new Writable({
    decodeStrings: false,
    write(chunk: string | Buffer, _, done) {
      const text = chunk.toString();
      result.text += text;
      onText(text);
      done();
    },
  });
  const result = Object.assign(stream, { text: "" });
  return result as unknown as NodeJS.WriteStream & { text: string };
}

/** Input in chunks, as from a pipe. */
async function* inParts(input: Uint8Array | string): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(input);
  for (let start = 0; start < bytes.length; start += 7) yield bytes.subarray(start, start + 7);
}

/** Runs the command line in this process on the reference backend: fast, for tests that need no separate process. */
export async function runHere(
  words: readonly string[],
  onText: (text: string) => void = () => undefined,
  input: Uint8Array | string = "",
): Promise<CliRun> {
  process.env.GRADUS_BACKEND = "reference";
  process.env.NO_COLOR = "1";
  const [out, errors] = [collector(onText), collector(onText)];
  const status = await runCli(words, { out, errors, input: inParts(input) });
  return {
    status,
    out: out.text,
    errors: errors.text,
    json: () =>
      out.text
        .trim()
        .split("\n")
        .map((text) => JSON.parse(text) as Record<string, unknown>),
  };
}
