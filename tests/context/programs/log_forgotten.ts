/** Calls that fail and that nobody awaits: how many were told to the logger, and of how many the program was not ended by. */
import * as mp from "@fenshen/multiprocessing";
import { BaseManager } from "@fenshen/multiprocessing/managers";
import { answerChallenge, Pipe } from "@fenshen/multiprocessing/connection";
import { ThreadPool } from "@fenshen/multiprocessing/pool";
import { copy } from "@fenshen/multiprocessing/sharedctypes";
import * as threading from "@fenshen/multiprocessing/threading";

if (mp.isMain(import.meta)) {
  const turn = () => new Promise((resolve) => setTimeout(resolve, 0));
  let told = 0;
  mp.getLogger().addHandler(({ message }) => void (told += Number(message.startsWith("A call that nobody awaited has failed:"))));
  const bad = { timeout: NaN };
  const fail = () => {
    throw new Error("failed");
  };
  const [lock, condition, barrier] = [new mp.Lock(), new mp.Condition(), new mp.Barrier(2)];
  const pool = new ThreadPool(1);
  const result = pool.applyAsync(fail);
  result.markSeen();
  const manager = new BaseManager();
  const calls: Record<string, () => Promise<unknown>> = {
    "Lock.run": () => lock.run(fail),
    "Lock.hold": () => lock.hold(bad),
    "RLock.run": () => new mp.RLock().run(5 as never),
    "Semaphore.run": () => new mp.Semaphore().run(fail),
    "Condition.wait": () => condition.wait(),
    "Condition.waitFor": () => condition.waitFor(fail),
    "Condition.notify": () => condition.notify(),
    "Condition.notifyAll": () => condition.notifyAll(),
    "Barrier.wait": () => barrier.wait({ timeout: 0 }),
    "Queue.joinThread": () => new mp.Queue().joinThread(),
    "Process.start": () => mp.currentProcess().start(),
    "Process.join": () => new mp.Process().join(),
    "Thread.join": () => new threading.Thread().join(),
    "mainThread().start": () => threading.mainThread().start(),
    "mainThread().join": () => threading.mainThread().join(),
    "Pool.map": () => pool.map(fail, 5 as never),
    "Pool.join": () => pool.join(),
    "AsyncResult.get": () => result.get(bad),
    "AsyncResult.wait": () => result.wait(bad),
    "IMapIterator.next": () => pool.imap(fail, [1]).next(),
    "copy": () => copy(5 as never),
    "Manager": () => mp.Manager(5 as never),
    "Manager.connect": () => manager.connect(),
    "Manager.join": () => manager.join(),
    "Manager.shutdown": () => manager.shutdown(),
    "Manager.numberOfObjects": () => manager.numberOfObjects(),
  };
  for (const call of Object.values(calls)) void call();
  // Connections keep such a failure for themselves.
  void answerChallenge(Pipe()[0], 5 as never);
  while (told < Object.keys(calls).length) await turn();
  console.log("still here");
}
