/** Threads that have been stopped use no time any more. */
import fs from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { moduleSuffix, startProgram } from "../support/run_program.ts";

/** So many looks in a row, in which nothing runs. */
const LOOKS = 10;

/** How many threads of a process are running just now. */
function runningThreads(pid: number): number {
  const states = fs.readdirSync(`/proc/${pid}/task`).map((thread) => {
    try {
      // The state follows the name, which may have any character.
      return fs.readFileSync(`/proc/${pid}/task/${thread}/stat`, "utf8").replace(/^.*\) /s, "")[0];
    } catch (error) {
      if (!["ENOENT", "ESRCH"].includes((error as NodeJS.ErrnoException).code!)) throw error;
      return "gone";
    }
  });
  return states.filter((state) => state === "R").length;
}

test("a thread that ends while it is stopped runs no more [denoland/deno: process.exit() of a terminated thread]", {
  timeout: 60_000,
  skip: process.platform !== "linux" && "only Linux tells in which state a thread is",
}, async () => {
  const program = startProgram(new URL(`./fixtures/terminates_pools${moduleSuffix}`, import.meta.url));
  await program.printed(/terminated/);
  for (let quiet = 0; quiet < LOOKS; await sleep(20)) quiet = runningThreads(program.pid) === 0 ? quiet + 1 : 0;
  program.signalGroup("SIGKILL");
  await program.ended;
});

leavesNothingBehind();
