/** Faults of units that hold an end of a Pipe. */
import assert from "node:assert/strict";
import * as mp from "@fenshen/multiprocessing";
import * as units from "./fixtures/traffic.ts";
import { type Fault, type Stage } from "./support/battery.ts";

/** A few of them are more than a socket takes. */
const LARGE = 512 << 10;

/** Whole messages arrive, the first ones, and then the end. */
async function inSend(fault: Fault): Promise<void> {
  const [mine, its] = mp.Pipe();
  const child = await fault.start(units.inSend, its, 8, LARGE);
  its.close();
  const struck = fault.strike(child);
  // An orderly end waits until what was sent has left.
  if (!fault.orderly) await struck;
  let count = 0;
  for (;; count++) {
    const bytes = await mine.recvBytes().catch((error: unknown) => error);
    if (bytes instanceof mp.EOFError) break;
    assert.ok(bytes instanceof Uint8Array && bytes.length === LARGE && bytes[0] === count && bytes.at(-1) === count, String(bytes));
  }
  await struck;
  assert.ok(count <= 8);
  if (fault.orderly) assert.equal(count, 8);
  await assert.rejects(mine.send(1), mp.BrokenPipeError);
}

async function inReceive(fault: Fault): Promise<void> {
  const [mine, its] = mp.Pipe();
  const child = await fault.start(units.inReceive, its);
  its.close();
  const sending = Array.from({ length: 8 }, () => mine.sendBytes(new Uint8Array(LARGE)));
  await fault.strike(child);
  const outcomes = await Promise.allSettled(sending);
  const failed = outcomes.flatMap((outcome) => outcome.status === "rejected" ? [outcome.reason as unknown] : []);
  assert.ok(failed.length > 0 && failed.every((error) => error instanceof mp.BrokenPipeError), String(failed));
  await assert.rejects(mine.recv(), mp.EOFError);
  await assert.rejects(mine.send(1), mp.BrokenPipeError);
}

async function inRecv(fault: Fault): Promise<void> {
  const queue = new mp.Queue<mp.Connection>();
  const [[mine, its], [other, passedOn]] = [mp.Pipe(), mp.Pipe()];
  const child = await fault.start(units.inRecv, its, passedOn, queue);
  for (const end of [its, passedOn]) end.close();
  const waiting = mine.recv();
  const ended = assert.rejects(waiting, mp.EOFError);
  await fault.strike(child);
  await ended;
  assert.equal(await mine.poll(), true);
  await assert.rejects(other.recv(), mp.EOFError);
  const passed = await queue.get();
  await assert.rejects(passed.recv(), mp.EOFError);
  await assert.rejects(passed.send(1), mp.BrokenPipeError);
}

export const pipes: readonly Stage[] = [
  { name: "while large messages of it are under way: whole ones arrive, then the end", also: ["SystemExit"], run: inSend },
  { name: "while large messages to it are under way", run: inReceive },
  { name: "in recv(), with another end passed on that nobody has taken over: both are closed", run: inRecv },
];
