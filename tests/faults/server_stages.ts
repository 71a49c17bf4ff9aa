/** Faults of the unit that made the shared objects which others use: its object server goes with it. */
import assert from "node:assert/strict";
import * as mp from "@fenshen/multiprocessing";
import { make, type Objects } from "./fixtures/makers.ts";
import { type Fault, type Stage } from "./support/battery.ts";

async function whileOthersWait(fault: Fault): Promise<void> {
  const [through, go] = [new mp.Queue<Objects>(), new mp.Event()];
  const child = await fault.start(make, through, go);
  const { empty, full, simple, undone, lock, rlock, semaphore, event, condition, barrier } = await through.get();
  const calls: [string, new () => Error, () => Promise<unknown>][] = [
    ["Queue.get", mp.EOFError, () => empty.get()],
    ["SimpleQueue.get", mp.EOFError, () => simple.get()],
    ["Queue.put", mp.BrokenPipeError, () => full.put(1)],
    ["JoinableQueue.join", mp.BrokenPipeError, () => undone.join()],
    ["Lock.acquire", mp.BrokenPipeError, () => lock.acquire()],
    ["RLock.acquire", mp.BrokenPipeError, () => rlock.acquire()],
    ["Semaphore.acquire", mp.BrokenPipeError, () => semaphore.acquire()],
    ["Event.wait", mp.BrokenPipeError, () => event.wait()],
    ["Condition.wait", mp.BrokenPipeError, () => condition.run(() => condition.wait())],
    ["Barrier.wait", mp.BrokenPipeError, () => barrier.wait()],
  ];
  const outcomes = calls.map(([name, error, call]) => assert.rejects(call(), error, name));
  while ((await condition.statistics()).waiting < 1);
  await go.set();
  await fault.strike(child);
  await Promise.all(outcomes);
  for (const [name, error, call] of calls) await assert.rejects(call(), error, `${name} later`);
}

/** Others that use none of its objects go on. */
async function whileOthersWork(fault: Fault): Promise<void> {
  const [through, go, mine] = [new mp.Queue<Objects>(), new mp.Event(), new mp.Queue<number>()];
  const child = await fault.start(make, through, go);
  await go.set();
  await fault.strike(child);
  // What it put is there, though what it refers to is gone.
  const { empty, lock } = await through.get();
  await assert.rejects(empty.get(), mp.EOFError);
  await assert.rejects(lock.acquire({ timeout: 0 }), mp.BrokenPipeError);
  await mine.put(1);
  assert.equal(await mine.get(), 1);
}

export const servers: readonly Stage[] = [
  { name: "after making what others wait for: they get the documented errors", thorough: ["spawn"], run: whileOthersWait },
  { name: "after making what others have not looked at", run: whileOthersWork },
];
