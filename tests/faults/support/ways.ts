/** Which ways of dying there are for each start method, and what each looks like from outside. */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";
import type { Way } from "../fixtures/die.ts";

/** The heap of a unit that is to use it up, in megabytes. */
const HEAP = 48;

const runtime = process.versions.deno !== undefined ? "deno" : process.versions.bun !== undefined ? "bun" : "node";

/** The exit codes of a unit that died so. */
export function exitcodesOf(way: Way): number[] {
  const table: Record<Way, number[]> = {
    kill: [-9],
    terminate: [-15],
    killItself: [-9],
    exit: [7],
    SystemExit: [5],
    uncaught: [1],
    // How V8 gives up.
    memory: [-6, -5],
  };
  return table[way];
}

/** Every way. */
export const everyWay: readonly Way[] = ["kill", "terminate", "killItself", "exit", "SystemExit", "uncaught", "memory"];

/**
 * The ways that differ at every stage; the others are tried where the table says so. SIGTERM ends a unit as SIGKILL does, from inside as
 * from outside, a `SystemExit` as an error does; a warm child that has been handed out is one of spawn's, so one way is enough to see that it is.
 */
export const usualWays: Readonly<Record<mp.StartMethod, readonly Way[]>> = {
  spawn: ["kill", "exit", "uncaught"],
  forkserver: ["kill"],
  thread: ["kill", "exit"],
};

/** Why units cannot die so, or `null`. */
export function refusalOf(way: Way, method: mp.StartMethod): string | null {
  if (way === "killItself" && method === "thread") return "a thread has no process of its own to be killed";
  if (way === "terminate" && method === "thread") return "a thread is stopped by terminate() as by kill()";
  if (way === "uncaught" && method === "thread" && runtime === "bun") return "bun test takes the uncaught errors of threads for its own";
  if (way !== "memory") return null;
  if (method === "forkserver") return "a child with a heap of its own is launched as spawn does";
  if (runtime === "bun") return "Bun has no limit for a heap";
  if (method === "thread") {
    return runtime === "deno"
      ? "Deno does not limit the heap of a thread"
      : "a thread of Node that runs out of memory may take its process along";
  }
  return null;
}

/** The context in which a unit can die so: one with little memory where that is the way. */
export function contextFor(way: Way, method: mp.StartMethod): mp.Context {
  if (way !== "memory") return mp.getContext(method);
  const flag = `--max-old-space-size=${HEAP}`;
  // The runtime tells on stderr what its heap was full of: that is not ours to show.
  return mp.getContext(method, {
    execArgv: runtime === "deno" ? [`--v8-flags=${flag}`] : [...process.execArgv.filter((own) => !own.startsWith("--test")), flag],
    stdio: ["ignore", "inherit", "ignore"],
  });
}
