/** What waits refuse, one rule for all of them. */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as mp from "@fenshen/multiprocessing";
import { answerChallenge, Listener, wait } from "@fenshen/multiprocessing/connection";
import { Timer } from "@fenshen/multiprocessing/threading";

const ctx = mp.getContext("thread");
const nothing = () => {};

/** Every call that may wait, given options that it should refuse before it does anything. */
async function refusals(options: never): Promise<[string, Promise<unknown>][]> {
  const [reader, writer] = ctx.Pipe();
  const listener = new Listener();
  const thread = new ctx.Process({ target: nothing, daemon: true });
  await thread.start();
  const timer = new Timer(0, nothing);
  await timer.start();
  const pool = new ctx.Pool(1);
  const result = pool.applyAsync(nothing);
  await result.get();
  const lock = new mp.Lock();
  const condition = new mp.Condition();
  const queue = new mp.Queue();
  const calls: [string, () => unknown][] = [
    ["Lock.acquire", () => lock.acquire(options)],
    ["Lock.hold", () => lock.hold(options)],
    ["RLock.acquire", () => new mp.RLock().acquire(options)],
    ["Semaphore.acquire", () => new mp.Semaphore().acquire(options)],
    ["Condition.acquire", () => condition.acquire(options)],
    ["Condition.wait", () => condition.wait(options)],
    ["Condition.waitFor", () => condition.waitFor(() => true, options)],
    ["Event.wait", () => new mp.Event().wait(options)],
    ["Barrier.wait", () => new mp.Barrier(1).wait(options)],
    ["Queue.put", () => queue.put(1, options)],
    ["Queue.get", () => queue.get(options)],
    ["SimpleQueue.get", () => new mp.SimpleQueue().get(options)],
    ["JoinableQueue.join", () => new mp.JoinableQueue().join(options)],
    ["Value.get", () => new mp.Value("i", 0).get(options)],
    ["Array.slice", () => new mp.Array("i", 1).slice(0, 1, options)],
    ["Connection.send", () => writer.send(1, options)],
    ["Connection.recv", () => reader.recv(options)],
    ["Connection.recvBytes", () => reader.recvBytes(1, options)],
    ["answerChallenge", () => answerChallenge(reader, "key", options)],
    ["Listener.accept", () => listener.accept(options)],
    ["wait", () => wait([reader], options)],
    ["Process.join", () => thread.join(options)],
    ["Thread.join", () => timer.join(options)],
    ["AsyncResult.get", () => result.get(options)],
    ["AsyncResult.wait", () => result.wait(options)],
    ["IMapIterator.next", () => pool.imap(nothing, [1]).next(options)],
  ];
  const answers = calls.map((
    [name, call],
  ): [string, Promise<unknown>] => [name, Promise.resolve().then(call).then(() => null, (error) => error)]);
  for (const [, answer] of answers) await answer;
  await writer.send(1); // Not one of them took anything.
  assert.equal(await reader.recv(), 1);
  assert.equal(await lock.acquire({ block: false }), true);
  for (const each of [reader, writer, listener]) each.close();
  await timer.join();
  await thread.join();
  await pool.terminate();
  return answers;
}

const bad: [what: string, options: unknown, rule: RegExp][] = [
  ["an option that does not exist", { timeOut: 5 }, /^Cannot wait: the options are (block, )?timeout, signal, received timeOut$/],
  ["a number", 5, /^Cannot wait: options must be an object such as \{ timeout: 1000 \}, received 5$/],
  ["a timeout that is none", { timeout: "5" }, /^Cannot wait: timeout must be a number of milliseconds, received 5$/],
  ["a signal that is none", { signal: {} }, /^Cannot wait: signal must be an AbortSignal, received \[object Object\]$/],
];
for (const [what, options, rule] of bad) {
  test(`every call that waits refuses ${what}, and has done nothing`, async () => {
    for (const [name, answer] of await refusals(options as never)) {
      const error = await answer;
      assert.ok(error instanceof TypeError, `${name}: ${error}`);
      assert.match(error.message, rule, name);
    }
  });
}
