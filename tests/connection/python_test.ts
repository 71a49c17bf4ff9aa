/** Connections with programs that CPython runs, of each version, in both directions and for every pairing of keys. Rows: python-behaviour.md 2.6, 2.7. */
import { test } from "node:test";
import assert from "node:assert/strict";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { AuthenticationError, Client, type Connection, EOFError, Listener, type SocketAddress, TimeoutError } from "./fixtures/api.ts";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { PYTHON_VERSIONS, type PythonVersion, pythonVersionMissing, type RunningPython, startPython } from "../support/pythons.ts";
import { runtime } from "../../src/runtime/runtime.ts";

const PEER = new URL("./fixtures/python_peer.py", import.meta.url);
const KEY = "swordfish";
/** Python writes header and body of up to 16384 bytes at once, of more in two writes. */
const SIZES = [0, 1, 7, 256, 257, 16384, 16385, 100_000, 3_000_000];

function hex(key: string | undefined): string {
  return key === undefined ? "-" : Buffer.from(key).toString("hex") || "";
}

async function checkEcho(conn: Connection): Promise<void> {
  const bodies = SIZES.map((size, i) => new Uint8Array(size).fill(i + 1));
  const sending = (async () => {
    for (const body of bodies) await conn.sendBytes(body);
  })();
  for (const body of bodies) assert.deepEqual(await conn.recvBytes(), body);
  await sending;
}

async function withPython<T>(python: RunningPython, use: (python: RunningPython) => Promise<T>): Promise<T> {
  try {
    return await use(python);
  } finally {
    await python.end();
  }
}

/** A Python listener for some clients; gives its address. */
async function withPythonListener(
  version: PythonVersion,
  options: { address?: SocketAddress; key?: string; clients?: number },
  use: (address: SocketAddress, python: RunningPython) => Promise<void>,
): Promise<void> {
  const { address = ["localhost", 0], key, clients = 1 } = options;
  await withPython(startPython(version, PEER, ["listener", JSON.stringify(address), hex(key), String(clients)]), async (python) => {
    await use(JSON.parse(await python.line()) as SocketAddress, python);
  });
}

/** A Python client of a listener of ours. */
async function withPythonClient(
  version: PythonVersion,
  options: { address?: SocketAddress; key?: string; ours?: string },
  use: (listener: Listener, python: RunningPython) => Promise<void>,
): Promise<void> {
  const listener = new Listener({ address: options.address ?? ["localhost", 0], authkey: options.ours });
  try {
    await withPython(
      startPython(version, PEER, ["client", JSON.stringify(listener.address), hex(options.key)]),
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
  const missing = pythonVersionMissing(version);
  const claim = (text: string, run: () => Promise<void>, skip: string | false = missing) =>
    test(`Python ${version}: ${text}`, { skip, timeout: 60_000 }, run);
  /** Before 3.13 an empty key of a listener counts as none. */
  const emptyKeyCounts = version === "3.13";

  for (const [family, address, unavailable] of familiesOf(version)) {
    claim(
      `its client reaches our Listener and back, ${family} [test_listener_client]`,
      () =>
        withPythonClient(version, { address, key: KEY, ours: KEY }, async (listener, python) => {
          const conn = await listener.accept();
          await checkEcho(conn);
          conn.close();
          assert.deepEqual([await python.line(), await python.line()], ["connected", `echoed ${SIZES.length}`]);
        }),
      missing || unavailable,
    );

    claim(
      `our Client reaches its listener and back, ${family} [test_listener_client]`,
      () =>
        withPythonListener(version, { address, key: KEY }, async (where, python) => {
          const conn = await Client(where, { authkey: KEY });
          await checkEcho(conn);
          conn.close();
          assert.deepEqual([await python.line(), await python.line()], ["connected", `echoed ${SIZES.length}`]);
          await python.ended;
          assert.equal(typeof where === "string" && fs.existsSync(where), false);
        }),
      missing || unavailable,
    );
  }

  claim("no key on either side", async () => {
    await withPythonClient(version, {}, async (listener) => {
      const conn = await listener.accept();
      await checkEcho(conn);
      conn.close();
    });
    await withPythonListener(version, {}, async (address) => {
      const conn = await Client(address);
      await checkEcho(conn);
      conn.close();
    });
  });

  claim("a wrong key is an AuthenticationError on both sides, whoever listens", async () => {
    await withPythonClient(version, { key: "other", ours: KEY }, async (listener, python) => {
      await assert.rejects(listener.accept(), AuthenticationError);
      assert.match(await python.line(), /AuthenticationError: digest sent was rejected/);
    });
    await withPythonListener(version, { key: "other", clients: 2 }, async (address, python) => {
      await assert.rejects(Client(address, { authkey: KEY }), AuthenticationError);
      assert.match(await python.line(), /AuthenticationError: digest received was wrong/);
      const conn = await Client(address, { authkey: "other" });
      await checkEcho(conn);
      conn.close();
    });
  });

  claim("our client without a key is told so by recv()", () =>
    withPythonListener(version, { key: KEY }, async (address, python) => {
      const conn = await Client(address);
      await assert.rejects(conn.recv(), (error) => error instanceof AuthenticationError && /wants a key/.test(error.message));
      conn.close();
      assert.match(await python.line(), /EOFError|ConnectionResetError/);
    }));

  claim(
    "its client without a key is refused, and the next one gets in",
    () =>
      withPythonClient(version, { ours: KEY }, async (listener, python) => {
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
      withPythonListener(version, {}, async (address) => {
        await assert.rejects(
          Client(address, { authkey: KEY, timeout: 300 }),
          (error) => error instanceof TimeoutError && /has it a key/.test(error.message),
        );
      }),
  );

  claim(
    "its client with a key sees the end of a listener without one",
    () =>
      withPythonClient(version, { key: KEY }, async (listener, python) => {
        (await listener.accept()).close();
        assert.match(await python.line(), /EOFError/);
      }),
  );

  claim(
    "an empty key of its client is a key [test_empty_authkey]",
    () =>
      withPythonClient(version, { key: "", ours: "" }, async (listener) => {
        const conn = await listener.accept();
        await checkEcho(conn);
        conn.close();
      }),
  );

  claim(
    "an empty key of its listener is one from 3.13 on; before, our client gives up [test_empty_authkey]",
    () =>
      withPythonListener(version, { key: "" }, async (address) => {
        const connecting = Client(address, { authkey: "", timeout: emptyKeyCounts ? null : 300 });
        if (!emptyKeyCounts) return await assert.rejects(connecting, TimeoutError);
        const conn = await connecting;
        await checkEcho(conn);
        conn.close();
      }),
  );

  claim("it sees the end of a connection that we close, as EOFError; and we that of one it closes", async () => {
    await withPythonListener(version, { key: KEY, clients: 1 }, async (address, python) => {
      const conn = await Client(address, { authkey: KEY });
      assert.equal(await python.line(), "connected");
      await python.end();
      assert.equal(await conn.poll(null), true);
      await assert.rejects(conn.recvBytes(), EOFError);
      conn.close();
    });
  });
}

leavesNothingBehind();
