/** Modules that cannot be imported are to be preloaded; children start all the same. */
import * as mp from "@fenshen/multiprocessing";

export function work(): void {
  console.log("worked");
}

if (mp.isMain(import.meta)) {
  mp.setForkserverPreload([new URL("./there_is_no_such_module.ts", import.meta.url), "data:text/javascript,throw new Error('preloaded')"]);
  const { Process } = mp.getContext("forkserver");
  for (let i = 0; i < 3; i++) {
    const child = new Process({ target: work });
    await child.start();
    console.log(`joined ${await child.join()}`);
  }
}
