/** Faults of the unit that made the shared objects which others use: its object server goes with it. */
import assert from "node:assert/strict";
import * as mp from "@fenshen/multiprocessing";
import { type Few, make, type Objects } from "./fixtures/makers.ts";
import { type Fault, type Stage } from "./support/battery.ts";

async function whileOthersWait(fault: Fault): Promise<void> {
  const [through, unseen, mine, go] = [new mp.Queue<Objects>(), new mp.Queue<Few>(), new mp.Queue<number>(), new mp.Event()];
  const child = await fault.start(make, through, unseen, go);
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
  // What it put is there, though what it refers to is gone.
  const few = await unseen.get();
  await assert.rejects(few.empty.get(), mp.EOFError);
  await assert.rejects(few.lock.acquire({ timeout: 0 }), mp.BrokenPipeError);
  // Others that use none of its objects go on.
  await mine.put(1);
  assert.equal(await mine.get(), 1);
}

export const servers: readonly Stage[] = [
  {
    name: "after making what others wait for, and what they have not looked at: they get the documented errors",
    thorough: ["spawn"],
    run: whileOthersWait,
  },
];
