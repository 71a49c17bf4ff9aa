/** Faults of a manager's server, and of its clients. */
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import process from "node:process";
import * as mp from "@fenshen/multiprocessing";
import { SyncManager } from "@fenshen/multiprocessing/managers";
import * as units from "./fixtures/managers.ts";
import { type Fault, type Stage } from "./support/battery.ts";

/** An error in a function that clients send is theirs; what ends a server is this. */
const only: Stage["only"] = ["kill", "exit", "killItself", "memory"];

/** The process of a manager, by what its server says of itself. */
async function processOf(list: { update(fn: () => unknown): Promise<unknown> }): Promise<mp.BaseProcess> {
  const ident = await list.update(units.identOf);
  return mp.activeChildren().find((child) => child.ident === ident)!;
}

/** Calls of every kind wait; then one of them ends the server in the middle of its step. */
async function serverInUpdate(fault: Fault): Promise<void> {
  const manager = await fault.ctx.Manager();
  const server = await processOf(await manager.list());
  const [queue, lock, event, barrier] = [await manager.Queue(), await manager.Lock(), await manager.Event(), await manager.Barrier(2)];
  const [condition, list, started] = [await manager.Condition(), await manager.list([1]), await manager.Event()];
  const pool = await manager.Pool(1);
  await lock.acquire();
  const calls: [string, new () => Error, () => Promise<unknown>][] = [
    ["Queue.get", mp.EOFError, () => queue.get()],
    ["Lock.acquire", mp.BrokenPipeError, () => lock.acquire()],
    ["Event.wait", mp.BrokenPipeError, () => event.wait()],
    ["Barrier.wait", mp.BrokenPipeError, () => barrier.wait()],
    ["Condition.wait", mp.BrokenPipeError, () => condition.run(() => condition.wait())],
    ["Pool.apply", mp.BrokenPipeError, () => pool.apply(units.endless, [started])],
    ["list.update", mp.BrokenPipeError, () => list.update(units.dieInStep as (items: unknown[], doom: unknown) => void, fault.doom)],
    ["list.get", mp.BrokenPipeError, () => list.get(0)],
    ["list.append", mp.BrokenPipeError, () => list.append(2)],
  ];
  const [pending, last] = [calls.slice(0, 6), calls.slice(6)];
  const outcomes = pending.map(([name, error, call]) => assert.rejects(call(), error, name));
  await started.wait();
  while ((await condition.statistics()).waiting < 1);
  outcomes.push(...last.map(([name, error, call]) => assert.rejects(call(), error, name)));
  await fault.strike(server);
  await Promise.all(outcomes);
  for (const [name, error, call] of calls) await assert.rejects(call(), error, `${name} later`);
  await assert.rejects(manager.numberOfObjects(), mp.BrokenPipeError);
  await assert.rejects(manager.list(), mp.BrokenPipeError);
  await manager.shutdown();
}

/** A server that is killed leaves its socket file; who started it removes that, so that the next one can start there. */
async function serverAtOwnAddress(fault: Fault): Promise<void> {
  const address = fault.path();
  const authkey = Uint8Array.of(1, 2, 3);
  const first = await fault.ctx.Manager({ address, authkey });
  const list = await first.list();
  const server = await processOf(list);
  const outcome = assert.rejects(list.update(units.dieInStep as (items: unknown[], doom: unknown) => void, fault.doom), mp.BrokenPipeError);
  await fault.strike(server);
  await outcome;
  await first.shutdown();
  assert.equal(existsSync(address), false);
  await assert.rejects(new SyncManager({ address, authkey }).connect(), { name: "ProcessError", code: "ENOENT" });
  const second = await fault.ctx.Manager({ address, authkey });
  assert.equal(await (await second.list([1])).length(), 1);
  await second.shutdown();
  assert.equal(existsSync(address), false);
}

async function clientWithHands(fault: Fault): Promise<void> {
  const manager = await fault.ctx.Manager();
  const [lock, semaphore, queue, never] = [
    await manager.Lock(),
    await manager.BoundedSemaphore(1),
    await manager.Queue(),
    await manager.Queue(),
  ];
  const [dict, list, taken, condition] = [
    await manager.dict(),
    await manager.list([1, 2]),
    await manager.Lock(),
    await manager.Condition(),
  ];
  await taken.acquire();
  await dict.set("list", list);
  list.close();
  const count = await manager.numberOfObjects();
  const hands = { lock, semaphore, queue, never, dict, taken, condition } as unknown as units.Hands;
  const child = await fault.start(units.withHands, hands);
  await fault.arrived();
  const line = [lock.acquire(), semaphore.acquire()];
  await fault.strike(child);
  assert.deepEqual(await Promise.all(line), [true, true]);
  assert.equal(lock.abandoned, true);
  // Its lines have been left: what comes now is for others.
  while ((await taken.statistics()).waiting + (await condition.statistics()).waiting > 0);
  await taken.release();
  assert.equal(await taken.acquire({ timeout: 0 }), true);
  await never.put(1);
  assert.equal(await never.get(), 1);
  const sent = await queue.get() as typeof list;
  // The only reference now is that of the proxy that its maker sent.
  await dict.clear();
  assert.deepEqual([await sent.get(1), await manager.numberOfObjects()], [2, count]);
  sent.close();
  assert.equal(await manager.numberOfObjects(), count - 1);
  await manager.shutdown();
}

const servers: readonly Stage[] = [
  {
    name: "as a manager's server in the middle of update(), while calls of every kind are pending",
    only,
    run: serverInUpdate,
  },
  ...process.platform === "win32"
    ? []
    : [{ name: "as a manager's server at an address of one's own: the next one can start", only, run: serverAtOwnAddress }],
];

const clients: readonly Stage[] = [
  {
    name: "with a manager's lock and a permit, in the line of another lock and of a condition, and a proxy under way in a queue",
    // A unit that ends in order takes its permits along.
    not: ["SystemExit"],
    run: clientWithHands,
  },
];

export const managers: readonly Stage[] = [...servers, ...clients];

/** Nobody stops a thread in the middle of a step: Deno cannot, see `Process.kill()`. */
export const managersOfThread: readonly Stage[] = [...servers.map((stage): Stage => ({ ...stage, only: ["exit"] })), ...clients];
