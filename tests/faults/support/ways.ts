/** Which ways of dying there are for each start method, and what each looks like from outside. */
import * as mp from "@fenshen/multiprocessing";
import process from "node:process";
import type { Way } from "../fixtures/die.ts";

/** The heap of a unit that is to use it up, in megabytes. */
const HEAP = 48;

/** The runtimes that run every battery (`scripts/lib/matrix.ts`): each begins somewhere else. */
export const turns = ["deno", "bun", "node"] as const;

const runtime: (typeof turns)[number] = process.versions.deno !== undefined ? "deno" : process.versions.bun !== undefined ? "bun" : "node";

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
 * The ways that are tried in turn, besides `kill`. SIGTERM ends a unit as SIGKILL does, from inside as from outside, a `SystemExit` as an error
 * does; a warm child that has been handed out is one of spawn's. So these are the ways that differ, and `null` for none.
 */
export const inTurn: Readonly<Record<mp.StartMethod, readonly (Way | null)[]>> = {
  spawn: ["exit", "uncaught", null],
  forkserver: [null],
  thread: ["exit", null],
};

/**
 * The same for stages at which every way is tried: SIGTERM and SIGKILL from inside and from outside, and both exceptions. What is impossible on Bun is there
 * twice: it is another runtime's turn as well.
 */
const allInTurn: Readonly<Record<mp.StartMethod, readonly (readonly Way[])[]>> = {
  spawn: [["terminate", "exit"], ["killItself", "uncaught", "memory"], ["SystemExit", "memory"]],
  forkserver: [["terminate", "exit"], ["killItself", "uncaught"], ["SystemExit"]],
  thread: [["exit"], ["SystemExit", "uncaught"], ["uncaught"]],
};

/** Where this runtime begins: Deno, Bun, Node 24; the other versions of Node next to it. */
export const ownTurn: number = runtime === "node" ? Math.floor(parseInt(process.versions.node) / 2) - 10 : turns.indexOf(runtime);

/**
 * The ways for a stage to which `possible` lead: `kill`, and one more of those that differ, or none. Which one goes by the stage's number in its
 * table and by the runtime, so that each runtime meets each way at many stages, and Deno, Bun and Node 24 together each way at each stage. A stage to which
 * `kill` does not lead has one of the others on each runtime.
 */
export function usualWays(method: mp.StartMethod, possible: readonly Way[], stage: number, turn: number): Way[] {
  const killed = possible.filter((way) => way === "kill");
  const others = inTurn[method].filter((way) => way === null ? killed.length > 0 : possible.includes(way));
  const other = others.length === 0 ? null : others[(stage + turn) % others.length]!;
  return other === null ? killed : [...killed, other];
}

/** The ways for a stage at which every way is tried: `kill`, and a third of the others. */
export function thoroughWays(method: mp.StartMethod, possible: readonly Way[], stage: number, turn: number): Way[] {
  const groups = allInTurn[method];
  const others = groups[(stage + turn) % groups.length]!;
  return possible.filter((way) => way === "kill" || others.includes(way));
}

/** Why units cannot die so on a runtime, or `null`. */
export function refusalOf(way: Way, method: mp.StartMethod, on = runtime): string | null {
  if (way === "killItself" && method === "thread") return "a thread has no process of its own to be killed";
  if (way === "terminate" && method === "thread") return "a thread is stopped by terminate() as by kill()";
  if (way === "uncaught" && method === "thread" && on === "bun") return "bun test takes the uncaught errors of threads for its own";
  if (way !== "memory") return null;
  if (method === "forkserver") return "a child with a heap of its own is launched as spawn does";
  if (on === "bun") return "Bun has no limit for a heap";
  if (method === "thread") {
    return on === "deno"
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
