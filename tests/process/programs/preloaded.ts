/** A module that warm children import ahead. It makes shared objects, and says that it was imported, also in the file of its process. */
import { Lock, Queue } from "@fenshen/multiprocessing";
import { writeFileSync } from "node:fs";
import process from "node:process";

const [lock, queue] = [new Lock(), new Queue<string>()];
await queue.put("preloaded");
console.log(await lock.run(() => queue.get()));
writeFileSync(`${process.env.PRELOADED_MARKS}/${process.pid}`, "");
