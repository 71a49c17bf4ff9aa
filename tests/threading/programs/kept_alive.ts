/** A thread that is no daemon finishes its work, whatever the main thread does [test_join_nondaemon_on_shutdown]; a daemon does not keep the program. */
import { isMain } from "@fenshen/multiprocessing";
import { Event, Thread } from "@fenshen/multiprocessing/threading";

export async function sayLater(begun: Event): Promise<void> {
  await begun.set();
  await new Promise((resolve) => setTimeout(resolve, 50));
  console.log("the thread finished");
}

export async function neverEnds(begun: Event): Promise<void> {
  await begun.set();
  await new Promise(() => setInterval(() => {}, 1000));
}

if (isMain(import.meta)) {
  const [daemonBegun, begun] = [new Event(), new Event()];
  await new Thread({ target: neverEnds, args: [daemonBegun], daemon: true }).start();
  await daemonBegun.wait();
  await new Thread({ target: sayLater, args: [begun] }).start();
  await begun.wait();
  console.log("main is done");
}
