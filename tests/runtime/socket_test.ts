/** Both ends of a byte stream: the one that was accepted and the one that connected. */
import assert from "node:assert/strict";
import fs from "node:fs";
import test from "node:test";
import { runtime } from "../../src/runtime/runtime.ts";
import type { Address, ByteSocket, SocketListener } from "../../src/runtime/types.ts";

const DEADLOCK = { timeout: 60_000 };
const LARGE = 5_000_000;

/** What an end has seen. */
interface Seen {
  socket: ByteSocket;
  bytes: number[];
  ended: Promise<void>;
  closed: Promise<Error | null>;
}

function watch(socket: ByteSocket): Seen {
  const bytes: number[] = [];
  socket.onData((part) => bytes.push(...part));
  const ended = new Promise<void>((resolve) => socket.onEnd(resolve));
  const closed = new Promise<Error | null>((resolve) => socket.onClose(resolve));
  return { socket, bytes, ended, closed };
}

async function listen(address: Address): Promise<{ listener: SocketListener; accepted: Promise<ByteSocket> }> {
  let accept!: (socket: ByteSocket) => void;
  const accepted = new Promise<ByteSocket>((resolve) => accept = resolve);
  return { listener: await runtime.listen(address, accept), accepted };
}

/** Runs a claim for each of the two ends. */
function claim(name: string, body: (here: ByteSocket, there: ByteSocket) => Promise<void>): void {
  for (const end of ["accepted", "connected"]) {
    test(`${end} socket: ${name}`, DEADLOCK, async () => {
      const { listener, accepted } = await listen(runtime.newLocalAddress());
      const ends = [await runtime.connect(listener.address), await accepted] as const;
      try {
        const [connected, other] = ends;
        await (end === "accepted" ? body(other, connected) : body(connected, other));
      } finally {
        for (const socket of ends) socket.destroy();
        await listener.close();
      }
    });
  }
}

claim("writes of all sizes arrive in order, and each is told as taken", async (here, there) => {
  const sizes = [1, 0, 60_000, 10, 70_000, 5, 200_000, 65_536, 3];
  let received = 0;
  let wrong = 0;
  const all = sizes.reduce((sum, size) => sum + size);
  const arrived = new Promise<void>((resolve) =>
    there.onData((part) => {
      for (const byte of part) if (byte !== received++ % 251) wrong++;
      if (received === all) resolve();
    })
  );
  let position = 0;
  const taken = sizes.map((size) => {
    const bytes = Uint8Array.from({ length: size }, () => position++ % 251);
    return new Promise<void>((resolve) => void here.write(bytes, resolve));
  });
  await Promise.all([arrived, ...taken]);
  assert.equal(wrong, 0);
});

claim("write() says when to wait, and onDrain() when to go on", async (here, there) => {
  let resolve!: () => void;
  const drained = new Promise<void>((settle) => resolve = settle);
  here.onDrain(resolve);
  assert.equal(here.write(new Uint8Array(LARGE)), false);
  there.onData(() => {});
  await drained;
  assert.equal(here.write(new Uint8Array(1)), true);
});

claim("after its end() it still receives, and both are closed when both have ended", async (here, there) => {
  const near = watch(here);
  const far = watch(there);
  here.write(Uint8Array.of(1, 2));
  here.end();
  await far.ended;
  assert.deepEqual(far.bytes, [1, 2]);
  there.write(Uint8Array.of(3));
  there.end();
  await near.ended;
  assert.deepEqual(near.bytes, [3]);
  assert.deepEqual(await Promise.all([near.closed, far.closed]), [null, null]);
});

claim("a paused one receives nothing until it is resumed", async (here, there) => {
  const near = watch(here);
  here.pause();
  await new Promise<void>((resolve) => void there.write(Uint8Array.of(1), resolve));
  there.end();
  for (let i = 0; i < 20; i++) await new Promise((resolve) => void setImmediate(resolve));
  assert.deepEqual(near.bytes, []);
  here.resume();
  await near.ended;
  assert.deepEqual(near.bytes, [1]);
});

claim("destroy() ends it at once, though the peer reads nothing; every write is told", async (here, there) => {
  const near = watch(here);
  there.pause();
  const taken = [LARGE, 1].map((size) => new Promise<void>((resolve) => void here.write(new Uint8Array(size), resolve)));
  here.destroy();
  here.destroy();
  assert.equal(await near.closed, null);
  await Promise.all(taken);
  await new Promise<void>((resolve) => void here.write(new Uint8Array(1), resolve));
});

test("an address can be used again at once when its listener has closed, and its file stays then", DEADLOCK, async () => {
  const address = runtime.newLocalAddress();
  const first = await listen(address);
  void first.listener.close();
  const { listener, accepted } = await listen(address);
  const socket = await runtime.connect(address);
  socket.destroy();
  (await accepted).destroy();
  if ("path" in address && runtime.platform !== "win32") {
    assert.ok(fs.existsSync(address.path));
    await listener.close();
    assert.equal(fs.existsSync(address.path), false);
  } else await listener.close();
});

test("listen() says with the system's code why it cannot", DEADLOCK, async () => {
  const { listener } = await listen(runtime.newLocalAddress());
  await assert.rejects(listen(listener.address), { code: "EADDRINUSE" });
  await listener.close();
  await listener.close();
});

test("bind() listens when it returns: the port is known, and a second one is told at once with the system's code", DEADLOCK, async () => {
  let accept!: (socket: ByteSocket) => void;
  const accepted = new Promise<ByteSocket>((resolve) => accept = resolve);
  const listener = runtime.bind({ host: "127.0.0.1", port: 0 }, (socket) => accept(socket));
  const { address } = listener;
  assert.ok("port" in address && address.port > 0);
  assert.throws(() => runtime.bind(address, () => {}), { code: "EADDRINUSE" });
  const socket = await runtime.connect(address);
  const other = await accepted;
  assert.deepEqual([socket.remote, other.remote?.host, socket.isSameHost, other.isSameHost], [address, "127.0.0.1", true, true]);
  for (const each of [socket, other]) each.destroy();
  await listener.close();
  await assert.rejects(runtime.connect(address), { code: "ECONNREFUSED" });
  const again = runtime.bind(address, () => {});
  await again.close();
});

test(
  "bind() makes a socket file for this user alone, and takes none that is there",
  { ...DEADLOCK, skip: runtime.platform === "win32" },
  async () => {
    const address = runtime.newLocalAddress() as { path: string };
    const listener = runtime.bind(address, () => {});
    assert.equal(fs.statSync(address.path).mode & 0o777, 0o600);
    assert.throws(() => runtime.bind(address, () => {}), { code: "EADDRINUSE" });
    await listener.close();
    assert.equal(fs.existsSync(address.path), false);
    fs.writeFileSync(address.path, "");
    assert.throws(() => runtime.bind(address, () => {}), { code: "EADDRINUSE" });
    fs.rmSync(address.path);
  },
);

test("connect() that is aborted rejects with the reason and leaves no connection", DEADLOCK, async () => {
  const listener = runtime.bind({ host: "127.0.0.1", port: 0 }, () => {});
  const reason = new Error("enough");
  await assert.rejects(runtime.connect(listener.address, AbortSignal.abort(reason)), reason);
  const later = new AbortController();
  const connecting = runtime.connect(listener.address, later.signal);
  later.abort(reason);
  await assert.rejects(connecting, reason);
  await listener.close();
});
