/** Faults of the parent itself: a whole program dies, and its children, sockets and folders go with it. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { test } from "node:test";
import process from "node:process";
import { waitUntilGone } from "../support/gone.ts";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { moduleSuffix, startProgram } from "../support/run_program.ts";

const programOf = (stage: string) => new URL(`./programs/${stage === "serving" ? "manager" : "tree"}${moduleSuffix}`, import.meta.url);

/** How the program dies, and its end: by itself, or by a signal to its process group. */
const endings: Readonly<Record<string, { code: number | null; signal: NodeJS.Signals | null }>> = {
  SIGKILL: { code: null, signal: "SIGKILL" },
  SIGTERM: { code: null, signal: "SIGTERM" },
  killItself: { code: null, signal: "SIGKILL" },
  exit: { code: 7, signal: null },
  uncaught: { code: 1, signal: null },
};

/**
 * The stages, each with the ways in which the program dies there. What SIGTERM and an error nobody catches are to a program, `working` shows.
 * A process that dies by a signal takes its threads along, whatever they do: one stage is enough to see that.
 */
const table: readonly [method: string, stage: string, ways: readonly string[]][] = [
  ["spawn", "working", ["SIGKILL", "SIGTERM", "exit", "uncaught"]],
  ["spawn", "busy", ["SIGKILL", "exit"]],
  ["spawn", "booting", ["killItself", "exit"]],
  ["spawn", "terminating", ["killItself", "exit"]],
  ["spawn", "serving", ["SIGKILL", "exit"]],
  ["forkserver", "working", ["SIGKILL", "uncaught"]],
  ["forkserver", "booting", ["killItself"]],
  ["forkserver", "serving", ["SIGKILL"]],
  ["thread", "working", ["SIGKILL", "uncaught"]],
  ["thread", "busy", ["exit"]],
  // Not by a signal: its threads leave the file of a path that somebody chose.
  ["thread", "serving", ["exit"]],
  ["thread", "terminating", ["exit"]],
];
let injected = 0;
let planned = 0;

/** There is no event for what others remove: looks again and again. */
async function untilEmpty(folder: string): Promise<void> {
  while (readdirSync(folder).length > 0) await sleep(20);
}

async function run(method: string, stage: string, way: string): Promise<void> {
  // Short enough for the path of a socket on every system.
  const folder = mkdtempSync(join(tmpdir(), "f-"));
  const running = startProgram(programOf(stage), [method, stage, way], { env: { TMPDIR: folder, XDG_RUNTIME_DIR: undefined } });
  const pids = (await running.printed(/^at \w+.*\n/m)).match(/\d+/g)?.map(Number) ?? [];
  if (way.startsWith("SIG")) process.kill(running.pid, way as NodeJS.Signals);
  const { code, signal } = await running.ended;
  assert.deepEqual({ code, signal }, endings[way]);
  for (const pid of pids) await waitUntilGone(pid);
  await untilEmpty(folder);
  rmSync(folder, { recursive: true });
  injected++;
}

for (const [method, stage, ways] of table) {
  for (const way of ways) {
    planned++;
    const name = `a program (${method}) that dies while it is ${stage}, by ${way}, leaves nothing behind [4.1 #5, 4.3 #2]`;
    test(name, { timeout: 120_000 }, () => run(method, stage, way));
  }
}

planned++;
test(
  "a program that is killed as soon as it has a folder for its sockets leaves nothing behind [4.3 #2]",
  { timeout: 120_000 },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "f-"));
    const running = startProgram(programOf("working"), ["spawn", "working", "SIGKILL"], {
      env: { TMPDIR: folder, XDG_RUNTIME_DIR: undefined },
    });
    while (readdirSync(folder).length === 0) await sleep(1);
    process.kill(running.pid, "SIGKILL");
    assert.equal((await running.ended).signal, "SIGKILL");
    await untilEmpty(folder);
    rmSync(folder, { recursive: true });
    injected++;
  },
);

test("the fault battery (programs) has injected every fault of its table", () => {
  console.log(`fault battery (programs): ${injected} faults injected`);
  assert.equal(injected, planned);
});

leavesNothingBehind();
