import type { TestContext } from "node:test";
import { connect, type PageEngine, type Port } from "../../src/page.ts";
import { serve } from "../../src/page-worker.ts";

/** An engine whose worker is this thread: the same messages, on a channel. Ends with the test. */
export async function servedHere(test: Pick<TestContext, "after">): Promise<PageEngine> {
  const { port1, port2 } = new MessageChannel();
  serve(port2 as unknown as Port);
  const engine = await connect(port1 as unknown as Port, { backend: "wasm", threads: 1 });
  test.after(() => engine.dispose());
  return engine;
}
