/** Without a main guard: the thread imports this module again, and is refused. */
import { Thread } from "@fenshen/multiprocessing/threading";

export function nothing(): void {}

const thread = new Thread({ target: nothing, name: "first" });
await thread.start();
await thread.join();
console.log("joined");
