/** Connections with programs that CPython runs, of each version, in both directions and for every pairing of keys. Rows: python-behaviour.md 2.6, 2.7. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";
import { AuthenticationError, Client, type Connection, EOFError, Listener, type SocketAddress, TimeoutError } from "./fixtures/api.ts";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { PYTHON_VERSIONS, PythonPeer, type PythonVersion, pythonVersionMissing, type RunningPython } from "../support/pythons.ts";
import { runtime } from "../../src/runtime/runtime.ts";

const PEER = new URL("./fixtures/python_peer.py", import.meta.url);
const KEY = "swordfish";
/** Python writes header and body of up to 16384 bytes at once, of more in two writes. */
const SIZES = [0, 1, 7, 256, 257, 16384, 16385, 100_000, 1_000_000];

/** Those of them that stay in one write and in a socket's buffer, for claims about keys. */
const SMALL_SIZES = SIZES.filter((size) => size < 1000);

async function checkEcho(conn: Connection, sizes = SMALL_SIZES): Promise<void> {
  const bodies = sizes.map((size, i) => new Uint8Array(size).fill(i + 1));
  const sending = (async () => {
    for (const body of bodies) await conn.sendBytes(body);
  })();
  for (const body of bodies) assert.ok(Buffer.from(await conn.recvBytes()).equals(body), `${body.length} bytes came back as others`);
  await sending;
}

/** A Python listener for some clients; gives its address. */
function withPythonListener(
  peer: PythonPeer,
  options: { address?: SocketAddress; key?: string; clients?: number },
  use: (address: SocketAddress, python: RunningPython) => Promise<void>,
): Promise<void> {
  const { address = ["localhost", 0], key = null, clients = 1 } = options;
  return peer.run({ role: "listener", address, key, clients }, async (python) => {
    await use(JSON.parse(await python.line()) as SocketAddress, python);
  });
}

/** A Python client of a listener of ours. */
async function withPythonClient(
  peer: PythonPeer,
  options: { address?: SocketAddress; key?: string; ours?: string },
  use: (listener: Listener, python: RunningPython) => Promise<void>,
): Promise<void> {
  const listener = new Listener({ address: options.address ?? ["localhost", 0], authkey: options.ours });
  try {
    await peer.run(
      { role: "client", address: listener.address, key: options.key ?? null, clients: 1 },
      (python) => use(listener, python),
    );
  } finally {
    await listener.close();
  }
}

function familiesOf(version: PythonVersion): [string, SocketAddress, string | false][] {
  const folder = () => path.join(os.tmpdir(), `py-${version}-${runtime.name}-${runtime.pid}.sock`);
  return [
    ["AF_INET", ["localhost", 0], false],
    ["AF_UNIX", folder(), runtime.platform === "win32" && "Windows has no socket files"],
    ["abstract", `\0py-${version}-${runtime.name}-${runtime.pid}`, !runtime.hasAbstractSockets && "no abstract sockets here"],
  ];
}

for (const version of PYTHON_VERSIONS) {
  describe(`Python ${version}`, () => {
    const missing = pythonVersionMissing(version);
    const peer = new PythonPeer(version, PEER);
    after(() => peer.end());
    const claim = (text: string, run: () => Promise<void>, skip: string | false = missing) => it(text, { skip, timeout: 60_000 }, run);
    /** Before 3.13 an empty key of a listener counts as none. */
    const emptyKeyCounts = version === "3.13";

    for (const [family, address, unavailable] of familiesOf(version)) {
      claim(
        `its client reaches our Listener and back, ${family} [test_listener_client]`,
        () =>
          withPythonClient(peer, { address, key: KEY, ours: KEY }, async (listener, python) => {
            const conn = await listener.accept();
            await checkEcho(conn, SIZES);
            conn.close();
            assert.deepEqual([await python.line(), await python.line()], ["connected", `echoed ${SIZES.length}`]);
          }),
        missing || unavailable,
      );

      claim(
        `our Client reaches its listener and back, ${family} [test_listener_client]`,
        () =>
          withPythonListener(peer, { address, key: KEY }, async (where, python) => {
            const conn = await Client(where, { authkey: KEY });
            await checkEcho(conn, SIZES);
            conn.close();
            assert.deepEqual([await python.line(), await python.line()], ["connected", `echoed ${SIZES.length}`]);
            assert.equal(await python.line(), "closed");
            assert.equal(typeof where === "string" && fs.existsSync(where), false);
          }),
        missing || unavailable,
      );
    }

    claim("no key on either side", async () => {
      await withPythonClient(peer, {}, async (listener) => {
        const conn = await listener.accept();
        await checkEcho(conn);
        conn.close();
      });
      await withPythonListener(peer, {}, async (address) => {
        const conn = await Client(address);
        await checkEcho(conn);
        conn.close();
      });
    });

    claim("a wrong key is an AuthenticationError on both sides, whoever listens", async () => {
      await withPythonClient(peer, { key: "other", ours: KEY }, async (listener, python) => {
        await assert.rejects(listener.accept(), AuthenticationError);
        assert.match(await python.line(), /AuthenticationError: digest sent was rejected/);
      });
      await withPythonListener(peer, { key: "other", clients: 2 }, async (address, python) => {
        await assert.rejects(Client(address, { authkey: KEY }), AuthenticationError);
        assert.match(await python.line(), /AuthenticationError: digest received was wrong/);
        const conn = await Client(address, { authkey: "other" });
        await checkEcho(conn);
        conn.close();
      });
    });

    claim("our client without a key is told so by recv()", () =>
      withPythonListener(peer, { key: KEY }, async (address, python) => {
        const conn = await Client(address);
        await assert.rejects(conn.recv(), (error) => error instanceof AuthenticationError && /wants a key/.test(error.message));
        conn.close();
        assert.match(await python.line(), /EOFError|ConnectionResetError/);
      }));

    claim(
      "its client without a key is refused, and the next one gets in",
      () =>
        withPythonClient(peer, { ours: KEY }, async (listener, python) => {
          await assert.rejects(listener.accept(), AuthenticationError); // It sends the challenge back.
          assert.equal(await python.line(), "connected");
          const [theirs, ours] = await Promise.all([listener.accept(), Client(listener.address, { authkey: KEY })]);
          theirs.close();
          ours.close();
        }),
    );

    claim(
      "our client with a key gives up on a listener without one (Python waits for ever)",
      () =>
        withPythonListener(peer, {}, async (address) => {
          await assert.rejects(
            Client(address, { authkey: KEY, timeout: 300 }),
            (error) => error instanceof TimeoutError && /has it a key/.test(error.message),
          );
        }),
    );

    claim(
      "its client with a key sees the end of a listener without one",
      () =>
        withPythonClient(peer, { key: KEY }, async (listener, python) => {
          (await listener.accept()).close();
          assert.match(await python.line(), /EOFError/);
        }),
    );

    claim(
      "an empty key of its client is a key [test_empty_authkey]",
      () =>
        withPythonClient(peer, { key: "", ours: "" }, async (listener) => {
          const conn = await listener.accept();
          await checkEcho(conn);
          conn.close();
        }),
    );

    claim(
      "an empty key of its listener is one from 3.13 on; before, our client gives up [test_empty_authkey]",
      () =>
        withPythonListener(peer, { key: "" }, async (address) => {
          const connecting = Client(address, { authkey: "", timeout: emptyKeyCounts ? null : 300 });
          if (!emptyKeyCounts) return await assert.rejects(connecting, TimeoutError);
          const conn = await connecting;
          await checkEcho(conn);
          conn.close();
        }),
    );

    claim("it sees the end of a connection that we close, as EOFError; and we that of one it closes", async () => {
      await withPythonListener(peer, { key: KEY, clients: 2 }, async (address, python) => {
        const left = await Client(address, { authkey: KEY });
        await left.sendBytes(new TextEncoder().encode("leave"));
        assert.equal(await left.poll(null), true);
        await assert.rejects(left.recvBytes(), EOFError);
        left.close();
        (await Client(address, { authkey: KEY })).close();
        const lines = ["connected", "left", "connected", "echoed 0"];
        for (const line of lines) assert.equal(await python.line(), line);
      });
    });
  });
}

leavesNothingBehind();
