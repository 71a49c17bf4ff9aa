/** A program that ends without shutting its manager down. */
import * as mp from "@fenshen/multiprocessing";

if (mp.isMain(import.meta)) {
  const manager = await mp.Manager();
  const list = await manager.list([1, 2, 3]);
  console.log(mp.activeChildren()[0]!.pid, await list.length());
  void list.append(4);
}
