import { test } from "node:test";
import assert from "node:assert/strict";
import fc from "fast-check";
import { BrokenPipeError, ClosedError, TimeoutError } from "../../src/base/errors.ts";
import { allPendingSettled } from "../../src/base/pending.ts";
import type { PipeEnd } from "../../src/connection/pipe_end.ts";
import { log } from "../../src/runtime/log.ts";
import { WINDOW } from "../../src/connection/pipe_outbox.ts";
import { dice, numbered, numberOf, turns, World } from "./fixtures/pipe_world.ts";

const next = async (end: PipeEnd) => numberOf(await end.receive());

test("two ends in one unit give each other their messages in order", async () => {
  const [left, right] = new World().unit().pipe();
  for (let i = 0; i < 5; i++) await left.send(numbered(i));
  await right.send(numbered(100));
  for (let i = 0; i < 5; i++) assert.equal(await next(right), i);
  assert.equal(await next(left), 100);
});

test("an end that moves takes its unread messages along, and both directions go on", async () => {
  const world = new World();
  const [left, right] = world.unit().pipe();
  await left.send(numbered(1));
  await right.send(numbered(2));
  const moved = await world.unit().take(right);
  await moved.send(numbered(3));
  await left.send(numbered(4));
  assert.deepEqual([await next(moved), await next(moved)], [1, 4]);
  assert.deepEqual([await next(left), await next(left)], [2, 3]);
});

test("an end works where it is until somebody claims it, and is of no use there afterwards", async () => {
  const world = new World();
  const [left, right] = world.unit().pipe();
  const { ticket, ready } = right.carry();
  await ready;
  await left.send(numbered(1));
  assert.equal(await next(right), 1);
  const waiting = assert.rejects(right.receive(), ClosedError);
  const moved = world.unit().claim(ticket, right);
  await left.send(numbered(2));
  assert.equal(await next(moved), 2);
  await waiting;
  assert.equal(right.unusable, "this end was handed to another unit");
  await assert.rejects(right.receive(), ClosedError);
});

test("the first claim of an end wins, the second is told that it was handed on", async () => {
  const world = new World();
  const [left, right] = world.unit().pipe();
  const [first, second] = [right.carry(), right.carry()];
  await Promise.all([first.ready, second.ready]);
  const winner = world.unit().claim(first.ticket, right);
  assert.equal(await winner.poll({ timeout: 0 }), false);
  const loser = world.unit().claim(second.ticket, right);
  await assert.rejects(loser.receive(), ClosedError);
  await left.send(numbered(1));
  assert.equal(await next(winner), 1);
});

test("what was sent at an end before it showed that somebody else has it, is logged as lost", async () => {
  const world = new World();
  const [, right] = world.unit().pipe();
  const { ticket } = right.carry();
  right.carry();
  const winner = world.unit().claim(ticket, right);
  const loser = world.unit().claim(ticket, right);
  const lines: string[] = [];
  const keep = ({ message }: { message: string }) => void lines.push(message);
  log.addHandler(keep);
  try {
    await loser.send(numbered(1));
    await assert.rejects(loser.receive(), ClosedError);
    await winner.send(numbered(2));
  } finally {
    log.removeHandler(keep);
  }
  assert.deepEqual(lines, ["What was sent on a Connection is lost: this end was handed to another unit first"]);
});

test("a closed end stays open for the receiver of a message that carries it", async () => {
  const world = new World();
  const [left, right] = world.unit().pipe();
  await left.send(numbered(1));
  const { ticket } = right.carry();
  right.close();
  await left.send(numbered(2));
  const moved = world.unit().claim(ticket, right);
  assert.deepEqual([await next(moved), await next(moved)], [1, 2]);
});

test("a closed end is really closed when the messages that carried it have died", async () => {
  const [left, right] = new World().unit().pipe();
  right.carry();
  right.carry();
  right.close();
  right.uncarry();
  assert.equal(await left.poll({ timeout: 0 }), false);
  right.uncarry();
  assert.equal(await left.receive(), null);
});

test("an end that nobody claimed stays usable when its messages have died", async () => {
  const [left, right] = new World().unit().pipe();
  right.carry();
  right.uncarry();
  await left.send(numbered(1));
  assert.equal(await next(right), 1);
});

test("an end moves on from unit to unit without waiting for the move before", async () => {
  const world = new World(dice(3));
  const [left, right] = world.unit().pipe();
  let holder = right;
  for (let i = 0; i < 10; i++) {
    await left.send(numbered(i));
    holder = await world.unit().take(holder);
  }
  for (let i = 0; i < 10; i++) assert.equal(await next(holder), i);
});

for (let seed = 0; seed < 20; seed++) {
  test(`both ends move at the same moment and find each other (${seed})`, async () => {
    const world = new World(dice(seed));
    const [left, right] = world.unit().pipe();
    let ends = [left, right] as [PipeEnd, PipeEnd];
    for (let round = 0; round < 4; round++) {
      const sent = [ends[0].send(numbered(round)), ends[1].send(numbered(round))];
      ends = await Promise.all([world.unit().take(ends[0]), world.unit().take(ends[1])]);
      await Promise.all(sent);
    }
    for (const end of ends) for (let round = 0; round < 4; round++) assert.equal(await next(end), round);
  });
}

test("a sender waits when the receiver does not read, and goes on when it does", async () => {
  const [left, right] = new World().unit().pipe();
  const size = WINDOW / 4;
  let accepted = 0;
  const sends = Array.from({ length: 40 }, (_, i) => left.send(numbered(i, size)).then(() => accepted++));
  await turns(5);
  assert.ok(accepted >= 3 && accepted <= 4, `${accepted} messages were accepted`);
  for (let i = 0; i < 40; i++) assert.equal(await next(right), i);
  await Promise.all(sends);
});

test("a message larger than the window goes through, one after the other", async () => {
  const world = new World();
  const [left, right] = world.unit().pipe();
  const moved = await world.unit().take(right);
  const received = (async () => {
    for (let i = 0; i < 5; i++) assert.equal((await moved.receive())!.length, WINDOW * 3);
  })();
  for (let i = 0; i < 5; i++) await left.send(numbered(i, WINDOW * 3));
  await received;
});

test("the bound on unread bytes holds for empty messages too", async () => {
  const [left, right] = new World().unit().pipe();
  let accepted = 0;
  const sends = Array.from({ length: 30_000 }, () => left.send(new Uint8Array(0)).then(() => accepted++));
  await turns(5);
  assert.ok(accepted < 20_000, `${accepted} messages were accepted`);
  right.close();
  await Promise.allSettled(sends);
});

test("a send that times out is not sent", async () => {
  const [left, right] = new World().unit().pipe();
  await left.send(numbered(1, WINDOW));
  await assert.rejects(left.send(numbered(2), { timeout: 0 }), TimeoutError);
  await assert.rejects(left.send(numbered(2), { timeout: 1 }), TimeoutError);
  const third = left.send(numbered(3));
  assert.deepEqual([await next(right), await next(right)], [1, 3]);
  await third;
});

test("messages keep the order of their send calls when one takes long to encode, also across a move", async () => {
  const world = new World();
  const [left, right] = world.unit().pipe();
  let finish: (body: Uint8Array) => void = () => {};
  const slow = left.send(new Promise<Uint8Array>((resolve) => finish = resolve));
  const quick = left.send(numbered(2));
  const moved = await world.unit().take(left);
  const third = moved.send(numbered(3));
  await turns(3);
  assert.equal(await right.poll({ timeout: 0 }), false);
  finish(numbered(1));
  await Promise.all([slow, quick, third]);
  assert.deepEqual([await next(right), await next(right), await next(right)], [1, 2, 3]);
});

test("a message that cannot be encoded rejects its own send and holds up no other", async () => {
  const [left, right] = new World().unit().pipe();
  const bad = left.send(Promise.reject(new TypeError("no")));
  const good = left.send(numbered(2));
  await assert.rejects(bad, TypeError);
  await good;
  assert.equal(await next(right), 2);
});

test("close() delivers what was sent, also sends that wait, and then the end", async () => {
  const world = new World();
  const [left, right] = world.unit().pipe();
  const moved = await world.unit().take(right);
  const sends = [0, 1, 2, 3].map((i) => left.send(numbered(i, WINDOW)));
  left.close();
  await Promise.all(sends);
  for (let i = 0; i < 4; i++) assert.equal(await next(moved), i);
  assert.equal(await moved.receive(), null);
  assert.equal(await moved.receive(), null);
  await assert.rejects(moved.send(numbered(0)), BrokenPipeError);
});

test("close() of an end that has just been received delivers what it sent", async () => {
  const world = new World(dice(5));
  const [left, right] = world.unit().pipe();
  const moved = await world.unit().take(right);
  moved.send(numbered(1));
  moved.close();
  assert.equal(await next(left), 1);
  assert.equal(await left.receive(), null);
});

test("the end of the stream moves with the end that has not seen it yet", async () => {
  const world = new World();
  const [left, right] = world.unit().pipe();
  await left.send(numbered(1));
  left.close();
  const moved = await world.unit().take(right);
  assert.equal(await next(moved), 1);
  assert.equal(await moved.receive(), null);
});

test("when the holder of the other end dies, what arrived can be read, then the stream ends", async () => {
  const world = new World();
  const [left, right] = world.unit().pipe();
  const other = world.unit();
  const moved = await other.take(right);
  await moved.send(numbered(1));
  await left.receive();
  await moved.send(numbered(2));
  assert.equal(await left.poll({ timeout: null }), true);
  other.die();
  assert.equal(await next(left), 2);
  assert.equal(await left.receive(), null);
  await assert.rejects(left.send(numbered(3)), BrokenPipeError);
});

test("a send that waits is refused when the holder of the other end dies", async () => {
  const world = new World();
  const [left, right] = world.unit().pipe();
  const other = world.unit();
  await other.take(right);
  await left.send(numbered(1, WINDOW));
  const waiting = assert.rejects(left.send(numbered(2)), BrokenPipeError);
  other.die();
  await waiting;
});

test("when the old holder dies before an end is claimed, the claimer and the other end see the end", async () => {
  const world = new World();
  const [home, middle, last] = [world.unit(), world.unit(), world.unit()];
  const [left, right] = home.pipe();
  const inMiddle = await middle.take(right);
  assert.equal(await inMiddle.poll({ timeout: 0 }), false);
  const { ticket } = inMiddle.carry();
  middle.die();
  const claimed = last.claim(ticket, inMiddle);
  assert.equal(await claimed.receive(), null);
  await assert.rejects(claimed.send(numbered(1)), BrokenPipeError);
  assert.equal(await left.receive(), null);
});

for (const victim of ["old holder", "new holder", "other end"] as const) {
  for (let lag = 0; lag < 24; lag++) {
    test(`whoever dies during a hand-over, nobody hangs (${victim}, after ${lag} turns)`, async () => {
      const world = new World(dice(lag));
      const units = { "old holder": world.unit(), "new holder": world.unit(), "other end": world.unit() };
      const [left, right] = world.unit().pipe();
      const other = await units["other end"].take(left);
      const old = await units["old holder"].take(right);
      await old.send(numbered(0));
      assert.equal(await next(other), 0);
      const heir = await units["new holder"].take(old);
      heir.send(numbered(1)).catch(() => {});
      other.send(numbered(2)).catch(() => {});
      await turns(lag);
      units[victim].die();
      const toTheEnd = async (end: PipeEnd) => {
        const seen: (number | null)[] = [];
        for (let body = await end.receive(); body; body = await end.receive()) seen.push(numberOf(body));
        return seen;
      };
      if (victim === "new holder") {
        // If it died before it came, the old holder still has the end, and learns that the message is lost.
        old.uncarry();
        old.close();
        assert.ok((await toTheEnd(other)).length <= 1);
      }
      if (victim === "other end") assert.ok((await toTheEnd(heir)).length <= 1);
      if (victim === "old holder") {
        // Too late to matter, or both ends learn of it: then the one's close is the other's end.
        heir.close();
        await toTheEnd(other);
      }
      await allPendingSettled();
    });
  }
}

test("any sequence of sends, receives and moves of both ends keeps order and loses nothing", async () => {
  const operation = fc.record({
    what: fc.constantFrom("send", "send", "receive", "peek", "move", "move both", "turn"),
    end: fc.integer({ min: 0, max: 1 }),
    size: fc.constantFrom(4, 100, 20_000, 300_000),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(operation, { maxLength: 40 }), fc.integer(), async (operations, seed) => {
      const world = new World(dice(seed));
      const ends = world.unit().pipe();
      const sent = [0, 0];
      const got: (number | null)[][] = [[], []];
      const open: Promise<unknown>[] = [];
      const receive = (i: number) =>
        ends[i]!.receive().then(
          (body) => void got[i]!.push(numberOf(body)),
          (error) => assert.ok(error instanceof ClosedError, String(error)),
        );
      const move = async (i: number) => {
        ends[i] = await world.unit().take(ends[i]!);
      };
      for (const { what, end, size } of operations) {
        if (what === "send") open.push(ends[end]!.send(numbered(sent[end]!++, size)));
        else if (what === "receive") open.push(receive(end));
        else if (what === "peek") await ends[end]!.poll({ timeout: 0 });
        else if (what === "move") await move(end);
        else if (what === "move both") await Promise.all([move(0), move(1)]);
        else await turns(1);
      }
      for (const i of [0, 1]) {
        // A receive of before may still wait and take the last message.
        while (got[i]!.length < sent[1 - i]!) {
          open.push(receive(i));
          await turns(1);
        }
      }
      for (const end of ends) end.close();
      await Promise.all(open);
      for (const i of [0, 1]) {
        assert.deepEqual(got[i]!.filter((n) => n !== null), Array.from({ length: sent[1 - i]! }, (_, n) => n));
      }
      await allPendingSettled();
    }),
    { numRuns: 150 },
  );
});
