/** Listeners and their clients in one program. Rows: python-behaviour.md 1.10, 2.6, 2.7, 2.8. */
import { test } from "node:test";
import assert from "node:assert/strict";
import fs from "node:fs";
import { systemError } from "../../src/connection/address.ts";
import { encodeValue } from "../../src/reference/value.ts";
import { runtime } from "../../src/runtime/runtime.ts";
import {
  AuthenticationError,
  BrokenPipeError,
  BufferTooShort,
  Client,
  ClosedError,
  type Codec,
  Connection,
  EOFError,
  Listener,
  Pipe,
  ProcessError,
  SerializationError,
  TimeoutError,
  wait,
} from "./fixtures/api.ts";
import { families, freshPath } from "./fixtures/families.ts";

const DEADLOCK = { timeout: 60_000 };
const KEY = "swordfish";

/** A listener, a client of it and what the listener accepted. */
async function pair(
  options: ConstructorParameters<typeof Listener>[0],
  use: (theirs: Connection, ours: Connection, listener: Listener) => Promise<void>,
): Promise<void> {
  const listener = new Listener(options);
  const { authkey, codec, maxMessageLength } = options ?? {};
  const ends = await Promise.all([listener.accept(), Client(listener.address, { authkey, codec, maxMessageLength })]);
  try {
    await use(...ends, listener);
  } finally {
    for (const end of ends) end.close();
    await listener.close();
  }
}

for (const family of families) {
  const claim = (text: string, run: () => Promise<void>) =>
    test(`a Listener, ${family.name}, ${text}`, { skip: family.missing, timeout: 60_000 }, run);
  for (const authkey of [undefined, KEY, "", new Uint8Array([0, 255, 7])]) {
    const key = authkey === undefined ? "no key" : `the key ${JSON.stringify(authkey)}`;
    claim(
      `gives a client with ${key} a Connection, and both echo [test_listener_client, test_connection, test_empty_authkey]`,
      () =>
        pair({ address: family.address(), authkey }, async (theirs, ours) => {
          assert.ok(theirs instanceof Connection && ours instanceof Connection);
          assert.deepEqual([ours.readable, ours.writable, ours.closed], [true, true, false]);
          for (const [from, to] of [[ours, theirs], [theirs, ours]] as const) {
            await from.send({ text: "hello", list: [1, 2n] });
            assert.deepEqual(await to.recv(), { text: "hello", list: [1, 2n] });
            const large = new Uint8Array(16 << 20).fill(3);
            const sending = from.sendBytes(large);
            assert.deepEqual(await to.recvBytes(), large);
            await sending;
            await from.sendBytes(new Uint8Array(0));
            assert.equal(await to.poll(null), true);
            assert.equal((await to.recvBytes()).length, 0);
            assert.equal(await to.poll(), false);
          }
        }),
    );
  }

  claim("refuses a second one at its address [test_multiple_bind]", async () => {
    const listener = new Listener({ address: family.address() });
    assert.throws(
      () => new Listener({ address: listener.address }),
      (error) => error instanceof ProcessError && /in use/.test(error.message) && (error as { code?: string }).code === "EADDRINUSE",
    );
    await listener.close();
    const next = new Listener({ address: listener.address });
    assert.deepEqual(next.address, listener.address);
    await next.close();
  });

  claim("delivers what a client sent before it left, also before accept() [test_issue14725]", async () => {
    const listener = new Listener({ address: family.address(), authkey: KEY });
    const client = await Client(listener.address, { authkey: KEY });
    await client.send("hello");
    client.close();
    const conn = await listener.accept();
    assert.equal(await conn.recv(), "hello");
    await assert.rejects(conn.recv(), EOFError);
    await assert.rejects(conn.recv(), EOFError);
    conn.close();
    await listener.close();
  });

  claim("is closed: accept() rejects, then and later; nobody gets in; Connections live on [test_context]", async () => {
    await pair({ address: family.address() }, async (theirs, ours, listener) => {
      const waiting = listener.accept();
      const closing = listener.close();
      await assert.rejects(waiting, ClosedError);
      await assert.rejects(listener.accept(), /the listener is closed/);
      await closing;
      await listener.close();
      await assert.rejects(Client(listener.address), (error) => ["ENOENT", "ECONNREFUSED"].includes((error as { code: string }).code));
      await ours.send(1);
      assert.equal(await theirs.recv(), 1);
    });
  });
}

test("a Listener without an address takes any, of the family that is asked for", DEADLOCK, async () => {
  const local = new Listener();
  assert.equal(typeof local.address, "string");
  const tcp = new Listener({ family: "AF_INET" });
  assert.equal(tcp.address[0], "127.0.0.1");
  assert.ok(Number(tcp.address[1]) > 0);
  await Promise.all([local.close(), tcp.close()]);
});

test("lastAccepted tells where the last client came from", DEADLOCK, async () => {
  const listener = new Listener({ address: ["localhost", 0] });
  assert.equal(listener.lastAccepted, null);
  const [theirs, ours] = await Promise.all([listener.accept(), Client(listener.address)]);
  assert.equal(listener.lastAccepted![0], "127.0.0.1");
  assert.notEqual(listener.lastAccepted![1], listener.address[1]);
  for (const end of [theirs, ours]) end.close();
  await listener.close();
});

test(
  "a socket file belongs to this user alone and goes with its Listener",
  { ...DEADLOCK, skip: runtime.platform === "win32" },
  async () => {
    const path = freshPath();
    const listener = new Listener({ address: path });
    assert.equal(fs.statSync(path).mode & 0o777, 0o600);
    await listener.close();
    assert.equal(fs.existsSync(path), false);
  },
);

test("a stale path is an error that says so, and is left alone", { ...DEADLOCK, skip: runtime.platform === "win32" }, () => {
  const path = freshPath();
  fs.writeFileSync(path, "something of somebody's");
  assert.throws(() => new Listener({ address: path }), /in use, or a program that was killed has left its socket file there/);
  assert.equal(fs.readFileSync(path, "utf8"), "something of somebody's");
  fs.rmSync(path);
});

test("a path whose folder is none is an error that says so", { ...DEADLOCK, skip: runtime.platform === "win32" }, () => {
  const file = freshPath();
  fs.writeFileSync(file, "");
  const reasons = {
    [`${file}.none/socket`]: /: its folder does not exist/,
    [`${file}/socket`]: /: there is a file where its folder should be$/,
  };
  for (const [path, reason] of Object.entries(reasons)) {
    assert.throws(() => new Listener({ address: path }), (error) => error instanceof ProcessError && reason.test(error.message), path);
  }
  fs.rmSync(file);
});

test("a place where this user may not listen is an error that says what to do", DEADLOCK, () => {
  const message = (action: "listen at" | "connect to", address: string | [string, number]) =>
    (systemError(action, address, Object.assign(new Error("refused"), { code: "EACCES" })) as Error).message;
  assert.equal(message("listen at", "/a/b"), 'Cannot listen at "/a/b": its folder does not exist, or this user may not write there');
  assert.match(message("listen at", ["localhost", 80]), /this user may not listen at that port: take one from 1024 on, or 0/);
  assert.match(message("connect to", "/a/b"), /it does not exist, or this user has no right to it/);
});

test("Listener and Client refuse bad options at once", DEADLOCK, async () => {
  for (const options of ["a key", 5, null]) {
    await assert.rejects(Client(["localhost", 1], options as never), /Cannot connect: options must be an object/);
  }
  await assert.rejects(Client(5n as never), /an address must be .*, received "5n"/);
  const refused: [object, new (...args: never[]) => Error, RegExp][] = [
    [{ address: 7 }, TypeError, /an address must be/],
    [{ address: "" }, TypeError, /an address must be/],
    [{ address: ["localhost"] }, TypeError, /an address must be/],
    [{ address: ["localhost", 65536] }, RangeError, /port must be an integer from 0 to 65535/],
    [{ address: ["localhost", 1.5] }, RangeError, /port/],
    [{ address: ["example.org", 1], listens: true }, RangeError, /must be an IP address/],
    [{ address: "/tmp/" + "x".repeat(200) }, RangeError, /at most \d+ bytes/],
    [{ address: "/tmp/\ud800" }, RangeError, /must be encodable as UTF-8/],
    [{ address: ["localhost", 0], authkey: "\ud800" }, RangeError, /authkey must be encodable as UTF-8/],
    [{ address: ["localhost", 0], family: "AF_UNIX" }, RangeError, /must be one of family AF_UNIX/],
    [{ address: ["localhost", 0], family: "AF_IPX" }, RangeError, /family must be one of/],
    [{ address: ["localhost", 0], authkey: 5 }, TypeError, /authkey must be a Uint8Array or a string/],
    [{ address: ["localhost", 0], codec: "json" }, TypeError, /codec must be/],
    [{ address: ["localhost", 0], codec: {} }, TypeError, /codec must be/],
    [{ address: ["localhost", 0], maxMessageLength: -1 }, RangeError, /maxMessageLength/],
    [{ address: ["localhost", 0], maxMessageLength: NaN }, TypeError, /maxMessageLength/],
    [{ address: ["localhost", 0], backlog: -1, listens: true }, RangeError, /backlog/],
    [{ address: ["localhost", 0], handshakeTimeout: NaN, listens: true }, TypeError, /timeout/],
    [{ address: ["localhost", 0], timeout: NaN, connects: true }, TypeError, /timeout/],
  ];
  for (const [options, cls, message] of refused) {
    const { address, listens, connects, ...rest } = options as { address: never; listens?: true; connects?: true };
    const right = (error: unknown) => error instanceof cls && message.test(error.message);
    if (!connects) assert.throws(() => new Listener({ address, ...rest }), right, JSON.stringify(options));
    if (!listens) await assert.rejects(Client(address, rest), right, JSON.stringify(options));
  }
});

test("a family that this system lacks is refused [test_invalid_family, test_invalid_family_win32]", DEADLOCK, async () => {
  const address = runtime.platform === "win32" ? "/some/path" : "\\\\.\\test";
  assert.throws(() => new Listener({ address }), RangeError);
  await assert.rejects(Client(address), RangeError);
});

test("Client says when nobody listens", DEADLOCK, async () => {
  const listener = new Listener({ address: ["localhost", 0] });
  await listener.close();
  await assert.rejects(Client(listener.address), /nobody listens there/);
});

test("a wrong key is an AuthenticationError on both sides, and the next client gets in [2.7]", DEADLOCK, async () => {
  const listener = new Listener({ authkey: KEY });
  const accepting = listener.accept();
  await assert.rejects(
    Client(listener.address, { authkey: "wrong" }),
    (error) => error instanceof AuthenticationError && /rejected/.test(error.message),
  );
  await assert.rejects(accepting, (error) => error instanceof AuthenticationError && /was wrong/.test(error.message));
  const [theirs, ours] = await Promise.all([listener.accept(), Client(listener.address, { authkey: KEY })]);
  theirs.close();
  ours.close();
  await listener.close();
});

test("accept() tells of each client in turn, also of one that was refused before it", DEADLOCK, async () => {
  const listener = new Listener({ authkey: KEY });
  await assert.rejects(Client(listener.address, { authkey: "wrong" }), AuthenticationError);
  const ours = await Client(listener.address, { authkey: KEY });
  await assert.rejects(listener.accept(), AuthenticationError);
  const theirs = await listener.accept();
  theirs.close();
  ours.close();
  await listener.close();
});

test("a client with a key gives up on a listener without one, within its timeout [2.16.12]", DEADLOCK, async () => {
  const listener = new Listener();
  await assert.rejects(Client(listener.address, { authkey: KEY, timeout: 50 }), TimeoutError);
  await listener.close();
});

test("a client without a key is told by recv() that one is wanted, and the listener that there was none", DEADLOCK, async () => {
  const listener = new Listener({ authkey: KEY });
  const client = await Client(listener.address);
  await assert.rejects(client.recv(), (error) => error instanceof AuthenticationError && /wants a key/.test(error.message));
  client.close();
  await assert.rejects(listener.accept(), (error) => error instanceof EOFError && /has it a key/.test(error.message));
  await listener.close();
});

test("a silent client is sent away after handshakeTimeout; others get in meanwhile", DEADLOCK, async () => {
  const listener = new Listener({ authkey: KEY, handshakeTimeout: 1000 });
  const silent = await Client(listener.address);
  const [theirs, ours] = await Promise.all([listener.accept(), Client(listener.address, { authkey: KEY })]);
  await assert.rejects(listener.accept(), TimeoutError);
  await silent.recvBytes();
  await assert.rejects(silent.recvBytes(), EOFError);
  for (const end of [theirs, ours, silent]) end.close();
  await listener.close();
});

test("an aborted Client rejects with the reason, at every stage", DEADLOCK, async () => {
  const listener = new Listener();
  const reason = new Error("enough");
  await assert.rejects(Client(listener.address, { signal: AbortSignal.abort(reason) }), reason);
  const later = new AbortController();
  const connecting = Client(listener.address, { authkey: KEY, signal: later.signal });
  const theirs = await listener.accept();
  later.abort(reason);
  await assert.rejects(connecting, reason);
  await assert.rejects(theirs.recv(), EOFError);
  theirs.close();
  await listener.close();
});

test("accept() takes a timeout and a signal, and loses no client", DEADLOCK, async () => {
  const listener = new Listener();
  await assert.rejects(listener.accept({ timeout: 0 }), TimeoutError);
  await assert.rejects(listener.accept({ timeout: 10 }), TimeoutError);
  const reason = new Error("enough");
  const later = new AbortController();
  const accepting = listener.accept({ signal: later.signal });
  later.abort(reason);
  await assert.rejects(accepting, reason);
  const client = await Client(listener.address);
  (await listener.accept({ timeout: 60_000 })).close();
  client.close();
  await listener.close();
});

test("the iterator gives the clients that were let in, and ends when the Listener is closed", DEADLOCK, async () => {
  const listener = new Listener({ authkey: KEY });
  const clients = (async () => {
    await assert.rejects(Client(listener.address, { authkey: "wrong" }), AuthenticationError);
    for (let i = 0; i < 3; i++) {
      const client = await Client(listener.address, { authkey: KEY });
      await client.send(i);
      client.close();
    }
  })();
  const got: unknown[] = [];
  for await (const conn of listener) {
    got.push(await conn.recv());
    conn.close();
    if (got.length === 3) void listener.close();
  }
  assert.deepEqual(got, [0, 1, 2]);
  await clients;
});

test("a disposed Listener is closed", DEADLOCK, async () => {
  const listener = new Listener();
  await listener[Symbol.asyncDispose]();
  assert.equal(listener.statistics().state, "closed");
});

test("a codec of the user's makes the messages", DEADLOCK, async () => {
  const codec: Codec = {
    encode: (value) => new TextEncoder().encode(JSON.stringify(value)),
    decode: (bytes) => JSON.parse(new TextDecoder().decode(bytes)),
  };
  await pair({ codec }, async (theirs, ours) => {
    await ours.send({ a: [1] });
    assert.equal(new TextDecoder().decode(await theirs.recvBytes()), '{"a":[1]}');
    await ours.send({ a: [1] });
    assert.deepEqual(await theirs.recv(), { a: [1] });
    await ours.sendBytes(new TextEncoder().encode("no JSON"));
    await assert.rejects(theirs.recv(), SyntaxError);
  });
  const wrong = { encode: () => "text" as never, decode: () => null };
  await pair({ codec: wrong }, async (_, ours) => {
    await assert.rejects(ours.send(1), /must give a Uint8Array, received string/);
  });
});

test("without a key only data travels: functions and shared objects are refused on both sides", DEADLOCK, async () => {
  const [left, right] = Pipe();
  await pair({}, async (theirs, ours) => {
    await assert.rejects(ours.send(right), (error) => error instanceof SerializationError && /know a common key/.test(error.message));
    await assert.rejects(ours.send(() => 1), SerializationError);
    await pair({ authkey: KEY }, async (keyedTheirs, keyedOurs) => {
      for (const value of [(x: number) => x + 1, right]) {
        await keyedOurs.send(value);
        await ours.sendBytes(await keyedTheirs.recvBytes()); // A client that does not keep to it.
        await assert.rejects(theirs.recv(), (error) => error instanceof SerializationError && /not accepted here/.test(error.message));
      }
    });
  });
  left.close();
  right.close();
});

test("with a key functions and shared objects travel, as through a Pipe", DEADLOCK, async () => {
  await pair({ authkey: KEY }, async (theirs, ours) => {
    await ours.send((x: number) => x + 1);
    const increment = await theirs.recv() as (x: number) => number;
    assert.equal(increment(1), 2);
    const [left, right] = Pipe();
    await ours.send(right);
    const arrived = await theirs.recv() as Connection;
    await left.send("direct");
    assert.equal(await arrived.recv(), "direct");
    left.close();
    arrived.close();
  });
});

test("a Connection of a Listener cannot travel, and says what to do", DEADLOCK, async () => {
  await pair({ authkey: KEY }, async (theirs, ours) => {
    const [left, right] = Pipe();
    await assert.rejects(left.send(theirs), (error) => error instanceof SerializationError && /Client\(address/.test(error.message));
    await assert.rejects(left.send(ours), SerializationError);
    left.close();
    right.close();
  });
});

test("a message longer than maxMessageLength breaks the connection with an error", DEADLOCK, async () => {
  const listener = new Listener({ maxMessageLength: 1000 });
  const [theirs, ours] = await Promise.all([listener.accept(), Client(listener.address)]);
  await ours.sendBytes(new Uint8Array(1000));
  assert.equal((await theirs.recvBytes()).length, 1000);
  await ours.sendBytes(new Uint8Array(1001));
  await assert.rejects(
    theirs.recvBytes(),
    (error) => error instanceof ProcessError && /at most 1000, received 1001/.test(String(error.cause)),
  );
  await assert.rejects(ours.recv(), EOFError);
  for (const end of [theirs, ours]) end.close();
  await listener.close();
});

test(
  "recvBytes() and recvBytesInto() keep Python's rules on a socket too [test_connection]",
  DEADLOCK,
  () =>
    pair({}, async (theirs, ours) => {
      await ours.sendBytes(new Uint8Array([1, 2, 3, 4, 5]));
      const small = new Uint8Array(3);
      await assert.rejects(theirs.recvBytesInto(small), (error) => error instanceof BufferTooShort && error.data.length === 5);
      await ours.sendBytes(new Uint8Array([9]));
      assert.equal(await theirs.recvBytesInto(small, 2), 1);
      assert.deepEqual([...small], [0, 0, 9]);
      const tooLong = theirs.recvBytes(3);
      const behind = theirs.recv();
      await ours.sendBytes(new Uint8Array(5));
      await assert.rejects(tooLong, /bad message length/);
      await assert.rejects(behind, /it is write-only/);
      assert.deepEqual([theirs.readable, theirs.writable], [false, true]);
      await theirs.send("still writable");
      assert.equal(await ours.recv(), "still writable");
    }),
);

test("send() waits while the other end does not read, and gives up in time", DEADLOCK, () =>
  pair({}, async (theirs, ours) => {
    const body = new Uint8Array(1 << 20);
    let sent = 0;
    await assert.rejects(async () => {
      for (;;) {
        await ours.sendBytes(body, 0, null, { timeout: 200 });
        sent++;
      }
    }, TimeoutError);
    assert.ok(sent > 0 && sent < 100, `${sent} MiB were accepted`);
    for (let i = 0; i < sent; i++) assert.equal((await theirs.recvBytes()).length, body.length);
    assert.equal(await theirs.poll(), false);
  }));

test(
  "messages sent just before close() arrive, however slowly they are read",
  DEADLOCK,
  () =>
    pair({ address: ["localhost", 0] }, async (theirs, ours) => {
      const bodies = 40;
      const sending = Array.from({ length: bodies }, (_, i) => ours.sendBytes(new Uint8Array(256 << 10).fill(i)));
      ours.close();
      await assert.rejects(ours.send(1), ClosedError);
      for (let i = 0; i < bodies; i++) assert.equal((await theirs.recvBytes())[0], i);
      await assert.rejects(theirs.recvBytes(), EOFError);
      await Promise.all(sending);
    }),
);

test("who goes on sending to a closed end gets a BrokenPipeError", DEADLOCK, () =>
  pair({}, async (theirs, ours) => {
    theirs.close();
    await assert.rejects(async () => {
      for (;;) await ours.sendBytes(new Uint8Array(100));
    }, BrokenPipeError);
  }));

test("data sent right after accept() makes the client's poll() true [test_issue16955]", DEADLOCK, async () => {
  const listener = new Listener();
  const [theirs, ours] = await Promise.all([
    listener.accept().then(async (conn) => {
      await conn.send("hello");
      return conn;
    }),
    Client(listener.address),
  ]);
  assert.equal(await ours.poll(null), true);
  assert.deepEqual(await wait([ours]), [ours]);
  assert.equal(await ours.recv(), "hello");
  for (const end of [theirs, ours]) end.close();
  await listener.close();
});

test("what lives on this host is refused in a message to another one, before it is sent", DEADLOCK, () => {
  const [left, right] = Pipe();
  const refused = (error: unknown) => error instanceof SerializationError && /value\.end: it lives on this host/.test(error.message);
  assert.throws(() => encodeValue({ end: left }, "value", [], "elsewhere"), refused);
  left.close();
  right.close();
});
