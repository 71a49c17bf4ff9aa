/** Faults of units that use a queue. */
import assert from "node:assert/strict";
import { existsSync, readFileSync } from "node:fs";
import * as mp from "@fenshen/multiprocessing";
import * as units from "./fixtures/traffic.ts";
import { type Fault, type Stage, thrown } from "./support/battery.ts";

function numbersIn(path: string): number[] {
  return existsSync(path) ? readFileSync(path, "utf8").split("\n").filter((line) => line !== "").map(Number) : [];
}

const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

async function drained<T>(queue: mp.Queue<T>): Promise<T[]> {
  await queue.shutdown();
  const items: T[] = [];
  for await (const item of queue) items.push(item);
  return items;
}

/** Every item was seen, in order, and none twice. */
function checkDelivered(byDead: number[], byOthers: number[], count: number): void {
  assert.deepEqual([...byDead, ...byOthers].sort((a, b) => a - b), upTo(count));
}

async function inGet(fault: Fault): Promise<void> {
  const queue = new mp.Queue<number>();
  const child = await fault.start(units.inGet, queue);
  await fault.strike(child);
  while ((await queue.statistics()).getters > 0);
  await queue.put(1);
  assert.equal(await queue.get(), 1);
  await assert.rejects(queue.getNowait(), mp.Empty);
}

async function withItems(fault: Fault): Promise<void> {
  const [queue, undone] = [new mp.Queue<number>(), new mp.JoinableQueue<number>()];
  await undone.put(1);
  for (const i of upTo(100)) await queue.put(i);
  const notes = fault.path();
  await fault.strike(await fault.start(units.withItems, queue, notes, 40, undone));
  const seen = numbersIn(notes);
  assert.deepEqual(seen, upTo(40));
  checkDelivered(seen, await drained(queue), 100);
  await assert.rejects(undone.join({ timeout: 0 }), mp.TimeoutError);
  const joined = undone.join();
  await undone.taskDone();
  await joined;
}

/** A producer that waits for places, a consumer that dies, one that goes on. */
async function amongOthers(fault: Fault): Promise<void> {
  const queue = new mp.Queue<number>(5);
  const [byDead, byOther] = [fault.path(), fault.path()];
  const other = new mp.Process({ target: units.takeAll, args: [queue, byOther] });
  const [child] = await Promise.all([fault.start(units.withItem, queue, byDead, 10), other.start()]);
  const struck = fault.strike(child);
  for (const i of upTo(100)) await queue.put(i);
  // The unit must get its ten, whatever the other one is quick enough to take.
  let count = 100;
  for (; !fault.injected; count++) await queue.put(count);
  await struck;
  await queue.shutdown();
  assert.equal(await other.join(), 0);
  checkDelivered(numbersIn(byDead), numbersIn(byOther), count);
}

async function inPut(fault: Fault): Promise<void> {
  const queue = new mp.Queue<number>(1);
  await queue.put(1);
  const child = await fault.start(units.inPut, queue);
  await fault.arrived();
  if (fault.orderly) {
    // An orderly end waits for what was put.
    assert.deepEqual([await queue.get(), await queue.get()], [1, 2]);
    await fault.strike(child);
  } else {
    await fault.strike(child);
    while ((await queue.statistics()).putters > 0);
    assert.equal(await queue.get(), 1);
  }
  await assert.rejects(queue.getNowait(), mp.Empty);
}

function inManyPuts(maxsize: number): Stage["run"] {
  return async (fault) => {
    const queue = new mp.Queue<number>(maxsize);
    const child = await fault.start(units.inManyPuts, queue, 1000);
    const reading = (async () => {
      const items: number[] = [];
      for await (const item of queue) items.push(item);
      return items;
    })();
    await fault.strike(child);
    await queue.shutdown();
    const items = await reading;
    assert.deepEqual(items, upTo(items.length), "what was put first arrives, in order, once");
    if (fault.orderly) assert.equal(items.length, 1000);
  };
}

async function inEncoding(fault: Fault): Promise<void> {
  const queue = new mp.Queue<unknown>(1);
  const child = await fault.start(units.inEncoding, queue);
  assert.equal(await queue.get(), "before");
  await fault.strike(child);
  assert.deepEqual(await drained(queue), []);
}

/** What was put arrives then. */
const orderly: Stage["also"] = ["SystemExit"];

export const queues: readonly Stage[] = [
  { name: "in get(): it takes no item along", thorough: ["spawn"], run: inGet },
  {
    name: "with an item in its hand, and one before its taskDone(): the others come once, and the item stays undone",
    // In the very turn in which it got the item.
    also: ["killItself"],
    run: withItems,
  },
  { name: "among other consumers: nothing is lost, nothing comes twice", run: amongOthers },
  { name: "in a put() that waits for a place", thorough: ["spawn"], not: ["memory"], also: orderly, run: inPut },
  { name: "in the turn of many puts", also: orderly, run: inManyPuts(0) },
  { name: "in the turn of many puts into a bounded queue", run: inManyPuts(3) },
  { name: "while it encodes an item", not: thrown, run: inEncoding },
];
