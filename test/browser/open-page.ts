import assert from "node:assert/strict";

/** What pages of Playwright and of Puppeteer have in common. */
export interface TestPage {
  on(event: "console", listener: (message: { type(): string; text(): string }) => void): unknown;
  on(event: "pageerror", listener: (error: unknown) => void): unknown;
  goto(address: string): Promise<unknown>;
  evaluate(expression: string): Promise<unknown>;
  close(): Promise<unknown>;
}

/** Opens a page and waits for the value of an expression, or of its promise. Warnings and errors in the page's console fail it.
 *  @param expression may be undefined at first, while scripts load. */
export async function resultOf<T>(newPage: () => Promise<TestPage>, address: string, expression: string): Promise<T> {
  const page = await newPage();
  const said: string[] = [];
  page.on("console", (message) => {
    if (["warn", "warning", "error"].includes(message.type())) said.push(message.text());
  });
  page.on("pageerror", (error) => said.push(String(error)));
  try {
    await page.goto(address);
    const result = (await page.evaluate(`(async () => {
      for (let turn = 0; turn < 1200 && (${expression}) === undefined; turn++) await new Promise((go) => setTimeout(go, 50));
      return ${expression};
    })()`)) as T;
    assert.deepEqual(said, []);
    return result;
  } catch (error) {
    throw new Error(`${(error as Error).message}\nthe page said: ${said.join("\n")}`);
  } finally {
    await page.close();
  }
}
