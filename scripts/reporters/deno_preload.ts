/**
 * Preloaded into every test file on Deno (`?out=<file>`), where `deno test` is unlike a program:
 *
 * - once a file has registered a `node:test` test, Deno drops what is thrown at its top level or in a timer; here it is written down, so
 *   that the runner can report it
 * - a program's end gives the process its `exit` event, the end of `deno test` does not
 *
 * Children inherit it, as they do all that is preloaded; their errors are their own.
 */
import fs from "node:fs";
import process from "node:process";
import { inspect } from "node:util";

if (process.env.FENSHEN_LAUNCH === undefined) {
  const out = new URL(import.meta.url).searchParams.get("out")!;
  const write = (error: unknown) => fs.appendFileSync(out, `${inspect(error)}\n`);

  globalThis.addEventListener("error", (event) => write(event.error));
  globalThis.addEventListener("unhandledrejection", (event) => write(event.reason));
  globalThis.addEventListener("unload", () => process.emit("exit", 0));
}
