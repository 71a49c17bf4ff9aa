/**
 * A pipe has two ends: the child sends two messages on one, the parent receives them on the other, in the order in which they were sent.
 * When the child has closed its end, the next recv() reports the end.
 *
 * 管道有两端：子进程在一端发送两条消息，父进程在另一端按发送顺序收到。
 * 子进程关闭自己的一端之后，再调用 recv() 就会得到“已结束”的错误。
 */
import * as mp from "@fenshen/multiprocessing";

export async function talk(connection: mp.Connection) {
  await connection.send([42, null, "hello from child"]);
  await connection.send([42, null, "hello again from child"]);
  connection.close();
}

if (mp.isMain(import.meta)) {
  const [parentEnd, childEnd] = mp.Pipe();
  const p = new mp.Process({ target: talk, args: [childEnd] });
  await p.start();
  console.log("parent got", JSON.stringify(await parentEnd.recv()));
  console.log("parent got", JSON.stringify(await parentEnd.recv()));
  await parentEnd.recv().catch((error: unknown) => {
    console.log(`nothing more comes: ${error instanceof mp.EOFError}`);
  });
  await p.join();
  parentEnd.close();
}
