/**
 * Ten processes write into one dict and one list, which live in a process of their own. Each call is one step, so nothing gets lost; no copies are
 * merged, as the notes suppose. Two calls are two steps: to count, read and write in one, with update().
 *
 * 十个进程写同一个字典和同一个列表，它们都住在另外一个独立的进程里。每次调用都是不可分割的一步，所以不会丢失数据；
 * 并不是像笔记里猜测的那样先克隆再合并。两次调用就是两步：要计数，就用 update() 把读和写放在同一步里。
 */
import * as mp from "@fenshen/multiprocessing";
import type { DictProxy, ListProxy } from "@fenshen/multiprocessing/managers";

export async function write(dict: DictProxy<number | string, number>, list: ListProxy<number>) {
  const { pid } = mp.currentProcess();
  await dict.set(pid!, pid!);
  await list.append(pid!);
  await dict.update((all) => void all.set("visits", (all.get("visits") ?? 0) + 1));
  console.log(JSON.stringify(await list.toArray()));
}

if (mp.isMain(import.meta)) {
  const manager = await mp.Manager();
  const dict = await manager.dict<number | string, number>();
  const list = await manager.list([0, 1, 2, 3, 4]);

  const processes = Array.from({ length: 10 }, () => new mp.Process({ target: write, args: [dict, list] }));
  for (const p of processes) await p.start();
  for (const p of processes) await p.join();

  console.log(JSON.stringify(await dict.items()));
  console.log(JSON.stringify(await list.toArray()));
  await manager.shutdown();
}
