/** `wait`: which of several things can be received from without waiting. @module */
import { checkWaitOptions, type GaveUp, onAbort, timeoutOf, type WaitOptions, watchLimits } from "../base/deadline.ts";
import { follow } from "../base/follow.ts";
import { handled } from "../base/handled.ts";
import { ClosedError } from "../base/errors.ts";
import { runtime } from "../runtime/runtime.ts";
import { Connection, endOf } from "./connection.ts";
import { Listener, pollListener } from "./listener.ts";
import type { Sentinel } from "./sentinel.ts";

/** What can be waited for. */
export type Waitable = Connection | Listener | Sentinel;

/** Whether a thing is ready; waits for that as the options say. @param ifHere As `MessageEnd.poll` says. */
type Poll = (options: WaitOptions, ifHere?: boolean) => Promise<boolean>;

/**
 * Waits until at least one of several things is ready, and gives all that are, in the order in which they were given. Consumes nothing.
 *
 * - A Connection is ready when `recv()` would not wait: a message is here, or its other end is closed.
 * - A Listener is ready when `accept()` would not wait.
 * - The `sentinel` of a process is ready from its end on.
 *
 * @param options `timeout` in milliseconds: after it the result is empty. `0` or negative: what is ready now.
 * @throws {ClosedError} when one of them is closed, also while waiting. @throws {RangeError} when one is given twice, or nothing and no limit.
 * @throws {TypeError} for anything else that is no thing to wait for.
 *
 * @example
 * ```ts
 * import { Pipe, wait } from "@fenshen/multiprocessing/connection";
 * import assert from "node:assert/strict";
 *
 * const [reader, writer] = Pipe(false);
 * const [other, unused] = Pipe(false);
 * assert.deepEqual(await wait([reader, other], { timeout: 0 }), []);
 * await writer.send("hello");
 * assert.deepEqual(await wait([reader, other]), [reader]);
 * for (const end of [reader, writer, other, unused]) end.close();
 * ```
 */
export function wait<T extends Waitable>(objects: Iterable<T>, options: WaitOptions = {}): Promise<T[]> {
  return handled(checkAndWait(objects, options));
}

async function checkAndWait<T extends Waitable>(objects: Iterable<T>, options: WaitOptions): Promise<T[]> {
  checkWaitOptions(options);
  if (typeof objects?.[Symbol.iterator] !== "function") {
    throw new TypeError(`Cannot wait: it takes an array or another iterable of things to wait for, received ${String(objects)}`);
  }
  const list = [...objects];
  if (new Set(list).size < list.length) throw new RangeError("Cannot wait: each object may be given once, received one twice");
  const polls = list.map(pollOf);
  if (options.signal?.aborted) throw options.signal.reason;
  const letGo = runtime.keepAlive();
  try {
    return await waitFor(list, polls, options);
  } finally {
    letGo();
  }
}

async function waitFor<T>(list: T[], polls: Poll[], options: WaitOptions): Promise<T[]> {
  const mayWait = timeoutOf(options.timeout) > 0;
  const readyNow = async () => {
    // Who may wait is not kept waiting by one thing that is still on its way to this unit.
    const flags = await Promise.all(polls.map((poll) => poll({ timeout: 0 }, mayWait)));
    return list.filter((_, i) => flags[i]);
  };
  const limitless = timeoutOf(options.timeout) === Infinity && !options.signal;
  if (list.length === 0 && limitless) throw new RangeError("Cannot wait: nothing and no timeout is for ever, received no objects");
  const attempt = new AbortController();
  let gaveUp = null as GaveUp | null;
  const stop = watchLimits(options, (how) => {
    gaveUp = how;
    attempt.abort();
  });
  try {
    let ready = await readyNow();
    while (ready.length === 0 && gaveUp === null && mayWait) {
      await anyReady(polls, attempt.signal);
      ready = await readyNow(); // Another receiver may have been faster.
    }
    if (gaveUp?.aborted) throw gaveUp.reason;
    return ready;
  } finally {
    stop();
    attempt.abort();
  }
}

/** Settles when one is ready or the signal is aborted; rejects when one is closed. */
function anyReady(polls: Poll[], signal: AbortSignal): Promise<unknown> {
  const round = new AbortController();
  const given = new Promise<void>((resolve) => {
    if (signal.aborted) resolve();
    else onAbort(signal, resolve);
  });
  const watching = polls.map((poll) => poll({ signal: round.signal }));
  for (const each of watching) each.catch(() => {}); // Those that lose the race are given up.
  return Promise.race([given, ...watching]).finally(() => round.abort());
}

function pollOf(object: unknown): Poll {
  if (object instanceof Connection) return pollOfConnection(object);
  if (object instanceof Listener) return (options) => pollListener(object, options);
  const ended = (object as Partial<Sentinel> | null)?.ended;
  if (typeof ended?.then === "function") return pollOfEnd(ended);
  throw new TypeError(`Cannot wait: objects must be Connections, Listeners or sentinels of processes, received ${String(object)}`);
}

function pollOfConnection(connection: Connection): Poll {
  return async (options, ifHere) => {
    const end = endOf(connection);
    if (end.unusable !== null) throw new ClosedError(`Cannot wait for a Connection: ${end.unusable}`);
    if (!end.readable) throw new Error("Cannot wait for a Connection: it is write-only");
    return await end.poll(options, ifHere);
  };
}

function pollOfEnd(ended: PromiseLike<unknown>): Poll {
  return ({ timeout, signal }) =>
    new Promise<boolean>((resolve, reject) => {
      const leave = follow(ended, { fulfilled: () => resolve(true), rejected: reject });
      const giveUp = () => {
        leave();
        resolve(false);
      };
      // What has settled has told by the next turn of promises.
      if (timeoutOf(timeout) === 0 || signal?.aborted) queueMicrotask(giveUp);
      else if (signal) onAbort(signal, giveUp);
    });
}
