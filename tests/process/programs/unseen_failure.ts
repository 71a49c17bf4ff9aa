/** A start() that nobody awaits fails: reported, but the program goes on. */
import * as mp from "@fenshen/multiprocessing";

if (mp.isMain(import.meta)) {
  let secret = 1;
  secret++;
  void new mp.Process({ target: () => secret }).start();
  await new Promise((resolve) => setTimeout(resolve, 50));
  console.log("still here");
}
