import assert from "node:assert/strict";
import { afterEach, beforeEach, describe, it, mock } from "node:test";
import { Outbox } from "../../src/page/outbox.ts";

describe("an outbox", () => {
  let now = 0;
  beforeEach(() => {
    now = 1000;
    mock.method(performance, "now", () => now);
  });
  afterEach(() => mock.restoreAll());

  const collected = (join?: (last: number, next: number) => boolean) => {
    const batches: (readonly number[])[] = [];
    return { batches, outbox: new Outbox<number>((events) => batches.push(events), join) };
  };

  it("sends at most sixty batches per second, the first event at once", () => {
    const { batches, outbox } = collected();
    for (let event = 0; event < 1000; event++) {
      outbox.add(event);
      outbox.wasRead();
      now += 1;
    }
    outbox.flush();
    assert.deepEqual(batches[0], [0]);
    assert.ok(batches.length <= 61, `${batches.length}`);
    assert.deepEqual(
      batches.flat(),
      Array.from({ length: 1000 }, (_, index) => index),
    );
  });

  it("is full when two batches are unread and a third is due, and has room again when one has been read", async () => {
    const { batches, outbox } = collected();
    let sent = 0;
    while (!outbox.isFull) {
      outbox.add(sent++);
      now += 10;
    }
    assert.equal(batches.length, 2);
    let hasRoom = false;
    const room = outbox.room().then(() => {
      hasRoom = true;
    });
    await Promise.resolve();
    assert.equal(hasRoom, false);
    outbox.wasRead();
    await room;
    assert.equal(batches.flat().length, sent);
  });

  it("does not wait for a reader once it is open", async () => {
    const { outbox } = collected();
    for (let event = 0; !outbox.isFull; event++) {
      outbox.add(event);
      now += 10;
    }
    const room = outbox.room();
    outbox.open();
    await room;
    outbox.add(99);
    assert.equal(outbox.isFull, false);
  });

  it("joins what waits, where that loses nothing", () => {
    const { batches, outbox } = collected((_, next) => next % 10 !== 0);
    for (let event = 0; event < 30; event++) outbox.add(event);
    outbox.flush();
    assert.deepEqual(batches, [[0], [9, 19, 29]]);
  });
});
