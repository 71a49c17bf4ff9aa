/**
 * Two producers and two consumers know nothing of each other, only the queue between them. It has two places: a producer that is too fast waits.
 * shutdown() says that nothing more comes, and ends the loops of the consumers once the queue is empty.
 *
 * 两个生产者和两个消费者互不相识，只通过中间的队列联系。队列只有两个位置，生产太快就要等待。
 * shutdown() 表示不会再有新数据，队列取空之后消费者的循环随之结束。
 */
import { isMain } from "@fenshen/multiprocessing";
import { Queue } from "@fenshen/multiprocessing/queue";
import { currentThread, Thread } from "@fenshen/multiprocessing/threading";

export async function produce(queue: Queue<string>, count: number) {
  for (let number = 0; number < count; number++) await queue.put(`${currentThread().name} ${number}`);
}

export async function consume(queue: Queue<string>) {
  for await (const item of queue) console.log(`consumed ${item}`);
}

if (isMain(import.meta)) {
  const queue = new Queue<string>(2);
  const producers = ["apple", "pear"].map((name) => new Thread({ target: produce, args: [queue, 4], name }));
  const consumers = ["first", "second"].map((name) => new Thread({ target: consume, args: [queue], name }));
  for (const thread of [...producers, ...consumers]) await thread.start();
  for (const producer of producers) await producer.join();
  await queue.shutdown();
  for (const consumer of consumers) await consumer.join();
  console.log("everything is consumed");
}
