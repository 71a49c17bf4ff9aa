import assert from "node:assert/strict";
import fs from "node:fs";
import test from "node:test";
import { AuthenticationError, EOFError, TimeoutError } from "../../src/base/errors.ts";
import type { Channel } from "../../src/connection/channel.ts";
import { connectTo, type Offer, offer } from "../../src/connection/endpoint.ts";
import { decodeAnswer, encodeHello } from "../../src/connection/handshake.ts";
import { socketChannel } from "../../src/connection/socket_channel.ts";
import type { Ticket } from "../../src/connection/ticket.ts";
import { runtime } from "../../src/runtime/runtime.ts";
import { collect, command } from "./fixtures/channel_bindings.ts";

const DEADLOCK = { timeout: 20_000 };

/** Opens a connection as another unit does: this unit itself would get a loopback. */
async function visit(ticket: Ticket): Promise<{ channel: Channel; answer: string }> {
  const channel = socketChannel(await runtime.connect(ticket.address));
  channel.send(encodeHello(ticket));
  const [frame] = await Promise.race([collect(channel, 1), channel.closed.then(() => [])]);
  return { channel, answer: frame ? decodeAnswer(frame) : "closed" };
}

function echo(channel: Channel): void {
  channel.onFrame((frame) => channel.send(frame));
}

async function withOffer(accept: (channel: Channel) => void, body: (offered: Offer) => Promise<void>, once = false): Promise<void> {
  const offered = offer(accept, { once });
  await offered.ready;
  try {
    await body(offered);
  } finally {
    offered.withdraw();
  }
}

async function assertServes(offered: Offer): Promise<void> {
  const { channel, answer } = await visit(offered.ticket);
  assert.equal(answer, "welcome");
  channel.send(command("hello"));
  assert.deepEqual(await collect(channel, 1), [command("hello")]);
  channel.destroy();
}

test("offer() lets in who presents its ticket, again and again", DEADLOCK, () =>
  withOffer(echo, async (offered) => {
    await assertServes(offered);
    await assertServes(offered);
  }));

test("offer() with once lets in one", DEADLOCK, () =>
  withOffer(echo, async (offered) => {
    await withOffer(echo, async () => { // keeps the socket open
      await assertServes(offered);
      assert.equal((await visit(offered.ticket)).answer, "gone");
    });
  }, true));

test(
  "a wrong secret is refused, whatever its length",
  DEADLOCK,
  () =>
    withOffer(() => assert.fail("nobody may come in"), async ({ ticket }) => {
      for (const secret of ["", "00", "0".repeat(64), ticket.secret.slice(1), ticket.secret + "0", "é".repeat(64)]) {
        assert.equal((await visit({ ...ticket, secret })).answer, "refused");
        await assert.rejects(connectTo({ ...ticket, secret }), AuthenticationError);
      }
    }),
);

test("an unknown id is answered as gone", DEADLOCK, () =>
  withOffer(() => assert.fail("nobody may come in"), async ({ ticket }) => {
    assert.equal((await visit({ ...ticket, id: "00" })).answer, "gone");
    await assert.rejects(connectTo({ ...ticket, id: "00" }), EOFError);
  }));

test("connectTo() a ticket of this unit needs no socket", DEADLOCK, async () => {
  let far!: Channel;
  const offered = offer((channel) => echo(far = channel));
  const near = await connectTo(offered.ticket);
  near.send(command("hello"));
  assert.deepEqual(await collect(near, 1), [command("hello")]);
  near.close();
  assert.deepEqual(await far.closed, { error: null });
  offered.withdraw();
  await assert.rejects(connectTo(offered.ticket), EOFError);
});

test(
  "connectTo() where nobody listens any more says EOFError",
  DEADLOCK,
  () => assert.rejects(connectTo({ address: runtime.newLocalAddress(), id: "00", secret: "00" }), EOFError),
);

test("connectTo() gives up when its time is over or its signal says so", DEADLOCK, async () => {
  const address = runtime.newLocalAddress();
  const closed: Promise<unknown>[] = [];
  const silent = await runtime.listen(address, (socket) => {
    const channel = socketChannel(socket);
    channel.onFrame(() => {}); // reads, and never answers
    closed.push(channel.closed);
  });
  const ticket = { address, id: "00", secret: "00" };
  await assert.rejects(connectTo(ticket, { timeout: 50 }), TimeoutError);
  await assert.rejects(connectTo(ticket, { signal: AbortSignal.abort("no") }), (reason) => reason === "no");
  await Promise.all(closed); // what was given up is closed
  await silent.close();
});

test("strangers do not disturb an offer", DEADLOCK, () =>
  withOffer(echo, async (offered) => {
    const strangers = [
      "GET / HTTP/1.1\r\n\r\n",
      "\x00\x00\x00\x02{}",
      "\x00\x00\x00\x04null",
      "\x00\x00\x00\x03abc",
      "\xff\xff\xff\xff",
      "\xff\xff\xff\xfe",
      "\x00\x00\xff\xff",
    ];
    const ends = strangers.map(async (text) => {
      const socket = await runtime.connect(offered.ticket.address);
      const closed = new Promise((resolve) => socket.onEnd(() => resolve(undefined)));
      socket.onData(() => {});
      socket.write(Uint8Array.from(text, (c) => c.charCodeAt(0)));
      if (text !== "\xff\xff\xff\xff") await closed; // that one is half a header: it may go on
      socket.destroy();
    });
    const drip = await runtime.connect(offered.ticket.address);
    drip.write(new Uint8Array([0]));
    const silent = await runtime.connect(offered.ticket.address);
    await assertServes(offered);
    await Promise.all(ends);
    drip.destroy();
    silent.destroy();
    await assertServes(offered);
  }));

test("the socket file is private and goes with the last offer", DEADLOCK, async () => {
  const first = offer(echo);
  const second = offer(echo);
  await Promise.all([first.ready, second.ready]);
  const address = first.ticket.address as { path: string };
  assert.deepEqual(second.ticket.address, address);
  assert.equal(fs.statSync(runtime.socketFolder()!).mode & 0o777, 0o700);
  first.withdraw();
  first.withdraw();
  assert.equal(fs.existsSync(address.path), true);
  second.withdraw();
  assert.equal(fs.existsSync(address.path), false);
  await withOffer(echo, assertServes);
});
