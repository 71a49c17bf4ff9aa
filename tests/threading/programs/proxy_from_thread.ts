/** A program that knows threads and queues only, and gets the proxy of a manager from one of its threads. */
import { isMain } from "@fenshen/multiprocessing";
import { Queue } from "@fenshen/multiprocessing/queue";
import { Thread } from "@fenshen/multiprocessing/threading";
import type { DictProxy } from "@fenshen/multiprocessing/managers";

type Answers = Queue<DictProxy<string, number>>;

/** Starts a manager, which ends when somebody has answered. */
export async function serve(answers: Answers, done: Queue<string>): Promise<void> {
  const { Manager } = await import("@fenshen/multiprocessing");
  const manager = await Manager();
  const ages = await manager.dict([["Ada", 36]]);
  await answers.put(ages as DictProxy<string, number>);
  await done.get();
  await manager.shutdown();
}

if (isMain(import.meta)) {
  const [answers, done]: [Answers, Queue<string>] = [new Queue(), new Queue()];
  const thread = new Thread({ target: serve, args: [answers, done] });
  await thread.start();
  const ages = await answers.get();
  console.log(await ages.get("Ada"));
  await done.put("done");
  await thread.join();
}
