/** `permissions`: children on Deno that may do little, from any runtime. */
import { test } from "node:test";
import assert from "node:assert/strict";
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import * as mp from "@fenshen/multiprocessing";
import { noChildOn, ownRuntime } from "../support/on_path.ts";
import { square } from "./fixtures/memory.ts";
import { append, giveQueueAndEcho, nothing, type Tried, tryAll, tryAllInto } from "./fixtures/restricted.ts";

const missing = noChildOn("deno");
const LIMIT = { timeout: 60_000 };
const refused = {
  read: "Requires read access",
  write: "Requires write access",
  net: "Requires net access",
  env: "Requires env access",
  run: "--allow-run",
  import: "Requires import access",
};

/** A file to read, and a port that listens, while a function runs. */
async function withTargets(run: (file: string, port: number) => Promise<void>): Promise<void> {
  const folder = fs.mkdtempSync(path.join(fs.realpathSync(os.tmpdir()), "permissions-"));
  const server = net.createServer((socket) => socket.destroy());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    fs.writeFileSync(path.join(folder, "data"), "secret");
    await run(path.join(folder, "data"), (server.address() as net.AddressInfo).port);
  } finally {
    await new Promise((resolve) => server.close(resolve));
    fs.rmSync(folder, { recursive: true });
  }
}

for (const method of ["spawn", "forkserver"] as const) {
  const claim = (text: string, run: () => Promise<void>) => test(`permissions (${method}): ${text}`, { ...LIMIT, skip: missing }, run);
  const context = (permissions: mp.Permissions) => mp.getContext(method, { runtime: "deno", permissions });

  claim("a child that may do nothing reads, writes, reaches, sees, runs and imports nothing", () =>
    withTargets(async (file, port) => {
      const ctx = context({});
      const rounds = method === "forkserver" ? 3 : 1; // the last is a warm one
      for (let round = 0; round < rounds; round++) {
        const queue = new ctx.Queue<Tried>();
        const p = new ctx.Process({ target: tryAllInto, args: [queue, file, port] });
        await p.start();
        assert.deepEqual(await queue.get(), refused);
        assert.equal(await p.join(), 0);
      }
    }));

  claim("what is granted can be done, and no more", () =>
    withTargets(async (file, port) => {
      const ctx = context({ read: [path.dirname(file)], net: [`127.0.0.1:${port}`] });
      const pool = new ctx.Pool(1);
      assert.deepEqual(await pool.apply(tryAll, [file, port]), { ...refused, read: "done", net: "done" });
      assert.deepEqual(await pool.apply(tryAll, [path.dirname(path.dirname(file)), 1]), refused);
      await pool.terminate();
    }));

  claim("pools work, proxies of a manager, and queues and pipes in both directions", async () => {
    const ctx = context({});
    // What a child may reach is settled when it starts: the manager has to be there.
    const manager = await mp.Manager();
    const pool = new ctx.Pool(1);
    assert.deepEqual(await pool.map(square, [1, 2, 3]), [1, 4, 9]);
    const list = await manager.list<number>();
    await pool.starmap(append, [[list, 1], [list, 2]]);
    assert.deepEqual((await list.toArray()).sort(), [1, 2]);
    await pool.terminate();
    await manager.shutdown();

    const queue = new ctx.Queue<mp.Queue<string>>();
    const [near, far] = mp.Pipe();
    const child = new ctx.Process({ target: giveQueueAndEcho, args: [queue, far] });
    await child.start();
    assert.equal(await (await queue.get()).get(), "from the child");
    await near.send({ ping: 1n });
    assert.deepEqual(await near.recv(), { ping: 1n });
    near.close();
    assert.equal(await child.join(), 0);
  });
}

test("permissions are refused for threads and for children that are not on Deno", LIMIT, async () => {
  const thread = new (mp.getContext("thread", { permissions: {} }).Process)({ target: nothing });
  await assert.rejects(thread.start(), { name: "TypeError", message: /Cannot start a thread: permissions needs a process of its own/ });
  const other = ownRuntime === "bun" ? "node" : "bun";
  const child = new mp.Process({ target: nothing, runtime: other, permissions: {} });
  await assert.rejects(child.start(), {
    name: "TypeError",
    message: `Cannot start a process: permissions are Deno's, use { runtime: "deno" }, received permissions for ${other}`,
  });
});

test("permissions and flags that grant some are refused together", LIMIT, async () => {
  const child = new mp.Process({ target: nothing, runtime: "deno", permissions: {}, execArgv: ["--allow-net"] });
  await assert.rejects(child.start(), /execArgv may not grant or refuse anything itself, received --allow-net/);
});

test("a permission with a comma is refused: Deno would grant two others", { ...LIMIT, skip: missing }, async () => {
  const child = new mp.Process({ target: nothing, runtime: "deno", permissions: { read: ["/data,/etc"] } });
  await assert.rejects(child.start(), {
    name: "TypeError",
    message: /cannot be told a permission with a comma in it, received \/data,\/etc$/,
  });
});

test("a permission that does not exist is refused where it is given", () => {
  const make = (options: unknown) => () => mp.getContext("spawn", options as mp.ContextOptions);
  assert.throws(make({ permissions: { reed: true } }), /permissions are read, write, .*, not reed/);
  assert.throws(make({ permissions: { read: 5 } }), /permissions.read must be a boolean or an array of texts/);
  assert.throws(make({ permissions: "none" }), /permissions must be an object such as \{\}/);
  assert.throws(make({ permission: {} }), /Cannot get a context: the options are .*, received permission$/);
});

// The warm children of forkserver live until this program ends; the runner checks that nothing is left after it.
