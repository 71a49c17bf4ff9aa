/** Starts a child where nothing can be written, and prints why that fails. */
import * as mp from "@fenshen/multiprocessing";
import fs from "node:fs";

export function nothing(): void {}

if (mp.isMain(import.meta)) {
  fs.mkdirSync = () => {
    throw Object.assign(new Error("EROFS: read-only file system, mkdir"), { code: "EROFS" });
  };
  const child = new mp.Process({ target: nothing });
  await child.start().catch((error) => console.log(`${error}\n${error.cause.code}`));
}
