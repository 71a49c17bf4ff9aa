/** Faults in the target of a Process, and at its end. */
import assert from "node:assert/strict";
import * as mp from "@fenshen/multiprocessing";
import * as units from "./fixtures/processes.ts";
import { type Fault, outside, type Stage } from "./support/battery.ts";

async function target(fault: Fault): Promise<void> {
  const child = await fault.start(units.atOnce);
  const joins = [child.join(), child.join({ timeout: 60_000 }), child.sentinel.ended];
  await fault.strike(child);
  for (const code of await Promise.all(joins)) fault.expect(code);
  child.terminate();
  child.kill();
  child.close();
}

async function afterItsWords(fault: Fault): Promise<void> {
  const queue = new mp.Queue<number>();
  const [mine, its] = mp.Pipe();
  const child = await fault.start(units.afterItsWords, queue, its);
  assert.equal(await mine.recv(), "last words");
  await mine.send("heard");
  await fault.strike(child);
  for (let i = 0; i < 20; i++) assert.equal(await queue.get({ timeout: 0 }), i);
  assert.equal(await queue.qsize(), 0);
  await assert.rejects(mine.recv(), mp.EOFError);
}

/** The daemon's lock comes back when the daemon is gone. */
async function aboveDaemon(fault: Fault): Promise<void> {
  const lock = new mp.Lock();
  await fault.strike(await fault.start(units.aboveDaemon, lock));
  assert.equal(await lock.acquire(), true);
  assert.equal(lock.abandoned, true);
}

async function endWithPuts(fault: Fault): Promise<void> {
  const queue = new mp.Queue<number>(1);
  await queue.put(-1);
  const child = await fault.start(units.endWithPuts, queue, 5);
  await fault.arrived();
  while ((await queue.statistics()).putters < 5);
  await fault.strike(child);
  while ((await queue.statistics()).putters > 0);
  assert.equal(await queue.get(), -1);
  await assert.rejects(queue.getNowait(), mp.Empty);
}

async function endWithChild(fault: Fault): Promise<void> {
  const [go, done] = [new mp.Event(), new mp.Queue<string>()];
  await fault.strike(await fault.start(units.endWithChild, go, done));
  await go.set();
  assert.equal(await done.get(), "finished");
}

export const process: readonly Stage[] = [
  { name: "in its target, while several join it", everywhere: true, run: target },
  { name: "with all it said acknowledged: nothing of that is lost", run: afterItsWords },
  { name: "with a daemon of its own: that ends too", run: aboveDaemon },
  { name: "at its end, with puts that wait: they have not happened", only: outside, run: endWithPuts },
];

/** A thread takes the threads that it started along, so this needs processes. */
export const processOfProcess: readonly Stage[] = [
  { name: "at its end, with a child: that finishes its work", only: outside, run: endWithChild },
];
