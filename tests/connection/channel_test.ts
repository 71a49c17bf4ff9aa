import assert from "node:assert/strict";
import test from "node:test";
import { type Channel, HIGH_WATER_MARK } from "../../src/connection/channel.ts";
import { collect, command, localPair, type Peer, processPeer, threadPeer, turn } from "./fixtures/channel_bindings.ts";

const flavors: [string, (service?: string) => Promise<Peer>][] = [["port", threadPeer], ["socket", processPeer]];
const DEADLOCK = { timeout: 60_000 };

function pattern(length: number, seed: number): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) bytes[i] = i * 31 + seed;
  return bytes;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

/** Runs a claim with a peer that is gone afterwards, whatever happened. */
function claim(name: string, body: (peer: Peer) => Promise<void>, service?: string): void {
  for (const [flavor, start] of flavors) {
    test(`${flavor} channel: ${name}`, DEADLOCK, async () => {
      const peer = await start(service);
      try {
        await body(peer);
      } finally {
        peer.channel.destroy();
        peer.kill();
        await peer.ended;
      }
    });
  }
}

claim("frames of every size come back unchanged and in order", async ({ channel }) => {
  const frames = [0, 1, 3, 4, 5, 1000, 65_535, 65_536, 65_537, 300_000, 3_000_000, 0, 2].map(pattern);
  channel.send(command("echo"));
  for (const frame of frames) channel.send(frame);
  const back = await collect(channel, frames.length);
  assert.deepEqual(back.map((frame) => frame.length), frames.map((frame) => frame.length));
  back.forEach((frame, i) => assert.ok(sameBytes(frame, frames[i]!), `frame ${i}`));
});

claim("a view sends only its own bytes", async ({ channel }) => {
  channel.send(command("echo"));
  channel.send(pattern(1000, 0).subarray(10, 15));
  const [frame] = await collect(channel, 1);
  assert.ok(sameBytes(frame!, pattern(1000, 0).subarray(10, 15)));
});

claim("frames that are kept do not change while thousands follow", async ({ channel }) => {
  channel.send(command("echo"));
  const kept = collect(channel, 3000);
  for (let i = 0; i < 3000; i++) {
    channel.send(pattern(100 + i, i));
    if (i % 100 === 0) await turn();
  }
  (await kept).forEach((frame, i) => assert.ok(sameBytes(frame, pattern(100 + i, i)), `frame ${i}`));
});

claim("everything sent before close() arrives, then the channel is closed without an error", async ({ channel }) => {
  let expected = 0;
  channel.onFrame((frame) => assert.equal(new DataView(frame.buffer, frame.byteOffset).getUint32(0), expected++));
  channel.send(command("count 20000"));
  assert.deepEqual(await channel.closed, { error: null });
  assert.equal(expected, 20_000);
  assert.equal(channel.isClosed, true);
});

claim("close() here delivers what was sent before it, and ends the peer", async ({ channel, ended }) => {
  channel.send(command("sum 5000000"));
  channel.send(pattern(5_000_000, 1));
  channel.close();
  channel.send(command("dropped"));
  assert.deepEqual(await channel.closed, { error: null });
  assert.deepEqual(await ended, { exitcode: 42 });
});

/** Sends in every turn until the channel is closed; counts what comes back. */
async function sendUntilClosed(channel: Channel): Promise<number> {
  let frames = 0;
  channel.onFrame(() => frames++);
  while (!channel.isClosed) {
    channel.send(pattern(1000, 0));
    await turn();
  }
  assert.deepEqual(await channel.closed, { error: null });
  return frames;
}

for (const ending of ["answer", "vanish"]) {
  claim(`what a peer sent before its end arrives, though this side is sending when it goes (${ending})`, async ({ channel }) => {
    channel.send(command(`${ending} 500`));
    assert.equal(await sendUntilClosed(channel), 500);
  });
}

claim("what a peer sent before its end arrives, though this side still had to send when it went", async ({ channel }) => {
  let frames = 0;
  channel.onFrame(() => frames++);
  channel.send(command("linger 500"));
  for (let i = 0; i < 600; i++) channel.send(pattern(1000, 0));
  await turn();
  // As long as this side computes, the peer has to do with what the system holds: it reads that, answers, and is gone.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 500);
  await channel.closed;
  assert.equal(frames, 500);
});

claim("a receiver that is set late gets the earlier frames first", async ({ channel }) => {
  channel.send(command("count 3"));
  await channel.flushed();
  for (let i = 0; i < 20; i++) await turn();
  const frames = await collect(channel, 3);
  assert.deepEqual(frames.map((frame) => frame[3]), [0, 1, 2]);
  assert.deepEqual(await channel.closed, { error: null });
});

claim("pause() within a batch holds the rest of it until resume()", async ({ channel }) => {
  const seen: number[] = [];
  let held!: () => void;
  const paused = new Promise<void>((resolve) => held = resolve);
  channel.onFrame((frame) => {
    seen.push(frame[3]!);
    if (seen.length === 3) {
      channel.pause();
      held();
    }
  });
  channel.send(command("count 10"));
  await paused;
  for (let i = 0; i < 20; i++) await turn();
  assert.deepEqual(seen, [0, 1, 2]);
  assert.equal(channel.isClosed, false);
  channel.resume();
  await channel.closed;
  assert.deepEqual(seen, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

claim("a peer that does not read makes drained() wait, and its death ends the wait", async ({ channel, kill }) => {
  channel.send(command("hold"));
  let sent = 0;
  for (;;) {
    channel.send(new Uint8Array(1 << 16));
    sent += 1 << 16;
    assert.ok(sent < 64 << 20, "the peer reads nothing, so the sender must be stopped");
    let drained = false;
    const waiting = channel.drained().then(() => drained = true);
    for (let i = 0; i < 200 && !drained; i++) await turn();
    if (drained) continue;
    assert.ok(channel.bufferedAmount >= HIGH_WATER_MARK);
    kill();
    await waiting;
    break;
  }
  await channel.closed;
  assert.equal(channel.bufferedAmount, 0);
});

claim("a sender that obeys drained() loses nothing to a receiver that stops and goes", async ({ channel }) => {
  let frames = 0;
  channel.onFrame((frame) => {
    assert.ok(frame.length === 1 << 16 && frame[0] === (frames & 0xff) && frame[65_535] === frame[0], `frame ${frames}`);
    if (++frames % 50 !== 0) return;
    channel.pause();
    setImmediate(() => setImmediate(() => channel.resume()));
  });
  channel.send(command("flood 600"));
  assert.deepEqual(await channel.closed, { error: null });
  assert.equal(frames, 600);
});

claim("flushed() resolves when everything has left", async ({ channel }) => {
  channel.send(command("echo"));
  channel.send(pattern(2_000_000, 0));
  await channel.flushed();
  const [frame] = await collect(channel, 1);
  assert.equal(frame!.length, 2_000_000);
});

for (const death of ["exit 7", "throw", "destroy", "close"]) {
  claim(`closed settles when the peer does ${JSON.stringify(death)}`, async ({ channel }) => {
    channel.send(command(death));
    const end = await channel.closed;
    assert.deepEqual(end, { error: null });
    channel.send(command("nobody reads this"));
    await channel.flushed();
    await channel.drained();
  });
}

claim("closed settles when the peer is killed in an endless loop", async ({ channel, kill }) => {
  channel.send(command("echo"));
  channel.send(command("loop first"));
  await collect(channel, 1);
  channel.send(command("x"));
  kill();
  assert.deepEqual(await channel.closed, { error: null });
});

claim("an unref'd channel lets its unit end", async ({ channel, ended }) => {
  await ended;
  assert.deepEqual(await channel.closed, { error: null });
}, "silent");

claim("destroy() settles closed at once and is idempotent, as close() after it", async ({ channel }) => {
  channel.onFrame(() => assert.fail("nothing is delivered after destroy()"));
  channel.send(command("count 3"));
  channel.destroy();
  channel.destroy();
  channel.close();
  assert.equal(channel.isClosed, true);
  assert.deepEqual(await channel.closed, { error: null });
});

function pairClaim(name: string, body: (a: Channel, b: Channel) => Promise<void>): void {
  test(`loopback channel: ${name}`, DEADLOCK, async () => {
    const [a, b] = localPair();
    try {
      await body(a, b);
    } finally {
      a.destroy();
      b.destroy();
    }
  });
}

pairClaim("frames arrive in order, as the receiver's own bytes", async (a, b) => {
  const sent = [pattern(0, 0), pattern(5, 1), pattern(100_000, 2)];
  for (const frame of sent) a.send(frame);
  const frames = await collect(b, 3);
  frames.forEach((frame, i) => assert.ok(sameBytes(frame, sent[i]!)));
  frames[1]!.fill(0);
  assert.ok(sameBytes(sent[1]!, pattern(5, 1)));
});

pairClaim("close() delivers both directions, then closes both", async (a, b) => {
  const seen: string[] = [];
  a.onFrame(() => seen.push("a"));
  b.onFrame(() => seen.push("b"));
  a.send(pattern(1, 0));
  b.send(pattern(1, 0));
  a.close();
  assert.deepEqual(await Promise.all([a.closed, b.closed]), [{ error: null }, { error: null }]);
  assert.deepEqual(seen.sort(), ["a", "b"]);
});

pairClaim("destroy() on one side closes the other", async (a, b) => {
  a.destroy();
  assert.deepEqual(await b.closed, { error: null });
});

pairClaim("a receiver that pauses makes drained() wait", async (a, b) => {
  b.pause();
  b.onFrame(() => {});
  a.send(new Uint8Array(HIGH_WATER_MARK));
  let drained = false;
  const waiting = a.drained().then(() => drained = true);
  for (let i = 0; i < 5; i++) await turn();
  assert.equal(drained, false);
  b.resume();
  await waiting;
  assert.equal(a.bufferedAmount, 0);
});

pairClaim("two parties that answer each other leave the event loop its turns", async (a, b) => {
  a.onFrame((frame) => a.send(frame));
  b.onFrame((frame) => b.send(frame));
  a.send(pattern(1, 0));
  for (let i = 0; i < 3; i++) await turn();
});
