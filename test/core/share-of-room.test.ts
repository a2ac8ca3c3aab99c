import assert from "node:assert/strict";
import { test } from "node:test";
import { ShareOfRoom } from "../../src/core/share-of-room.ts";

test("work begins in order while it fits together; work larger than the room runs alone", async () => {
  const room = new ShareOfRoom(10);
  const log: string[] = [];
  let used = 0;
  const work = (name: string, size: number) =>
    room.take(size, async () => {
      log.push(`${name} begins beside ${used}`);
      used += size;
      await new Promise((resolve) => setImmediate(resolve));
      used -= size;
      if (name === "c") throw new Error("c fails");
      return name;
    });
  const all = await Promise.allSettled([work("a", 6), work("b", 4), work("c", 25), work("d", 1), work("e", 9)]);
  assert.deepEqual(log, [
    "a begins beside 0",
    "b begins beside 6",
    "c begins beside 0",
    "d begins beside 0",
    "e begins beside 1",
  ]);
  assert.deepEqual(
    all.map(({ status }) => status),
    ["fulfilled", "fulfilled", "rejected", "fulfilled", "fulfilled"],
  );
});
