/** Errors in threads are printed and end nothing but their thread. */
import { isMain, SystemExit } from "@fenshen/multiprocessing";
import { Thread, Timer } from "@fenshen/multiprocessing/threading";

export function fail(): void {
  throw new TypeError("broken on purpose");
}

export function stray(): Promise<void> {
  void Promise.reject(new RangeError("nobody looked"));
  return new Promise(() => {});
}

export function exits(code: unknown): void {
  throw new SystemExit(code);
}

if (isMain(import.meta)) {
  const all = [
    new Thread({ target: fail, name: "bad" }),
    new Thread({ target: stray, name: "loose" }),
    new Thread({ target: exits, args: ["not to be seen"] }),
    new Timer(0, fail),
  ];
  for (const thread of all) {
    await thread.start();
    await thread.join();
  }
  console.log(`still here, ${all.filter((thread) => thread.isAlive()).length} alive`);
}
