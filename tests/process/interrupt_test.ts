/** Ctrl-C: SIGINT to the whole process group, at many moments. Rows: python-behaviour.md 2.14, 4.1 #12, 4.3 #9. */
import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import process from "node:process";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { markedProcesses, markVariable } from "../support/processes.ts";
import { moduleSuffix, type ProgramResult, startProgram } from "../support/run_program.ts";

const program = new URL(`./programs/interrupted${moduleSuffix}`, import.meta.url);
const LIMIT = { timeout: 60_000 };

/**
 * Runs the program, sends SIGINT to its group when it has printed the first moment, then at the second when it begins again, and waits until no process of
 * it is left, and no file when `files` is `true`.
 */
async function interrupt(args: string[], moments: string[], files: boolean): Promise<ProgramResult> {
  const folder = mkdtempSync(join(tmpdir(), "int-"));
  const running = startProgram(program, [...args, String(moments.length)], { env: { TMPDIR: folder, XDG_RUNTIME_DIR: undefined } });
  for (const [time, moment] of moments.entries()) {
    await running.printed(new RegExp(`${time === 0 ? "" : `^end ${time}$[^]*`}^${moment}$`, "m"));
    running.signalGroup("SIGINT");
  }
  const result = await running.ended;
  await nothingLeft(() => markedProcesses(process.env[markVariable]!).filter(({ pid }) => pid !== process.pid && pid !== process.ppid));
  if (files) await nothingLeft(() => readdirSync(folder));
  rmSync(folder, { recursive: true });
  return result;
}

/** There is no event for the end of a process that is nobody's child, nor for a file that goes, so it looks again and again. The test's timeout is the limit. */
async function nothingLeft(look: () => unknown[]): Promise<void> {
  while (look().length > 0) await sleep(20);
}

const moments = {
  map: ["a pool is made", "a child imports", "a result is here"],
  start: ["begun", "a child is launched", "a target runs"],
};

/** From here on the program's folder of sockets is there, and guarded: a program that a signal kills can remove nothing itself. */
const folderIsMade = ["a child is launched", "a child imports", "a target runs", "a result is here"];

for (const method of ["spawn", "forkserver", "thread"]) {
  for (const [what, all] of Object.entries(moments)) {
    for (const moment of all) {
      test(`Ctrl-C ends a program and its children (${method}, ${what}) silently: ${moment} [4.3 #9]`, LIMIT, async () => {
        const { signal, stdout, stderr } = await interrupt([method, what, "default"], [moment], folderIsMade.includes(moment));
        assert.deepEqual([signal, stderr], ["SIGINT", ""]);
        // Deno takes the signal on a thread of its own, so that a program may see its children's end, or one error of its pool, before its own.
        if (process.versions.deno === undefined) assert.doesNotMatch(stdout, /^(error|joined|end)/m);
        else assert.ok((stdout.match(/^error/gm) ?? []).length <= 1, stdout);
      });
    }
  }

  test(`a program that ignores Ctrl-C gets every result of map() (${method}): a child is launched, a result is here`, LIMIT, async () => {
    const { code, stdout, stderr } = await interrupt([method, "map", "ignored"], ["a child is launched", "a result is here"], true);
    assert.deepEqual([code, stderr], [0, ""]);
    assert.deepEqual(stdout.match(/^(done|interrupted|error).*$/gm)?.sort(), ["done 20", "done 20", "interrupted", "interrupted"]);
  });

  test(
    `a program that terminates its pool on Ctrl-C gets one error, and goes on (${method}): a child is launched, a result is here`,
    LIMIT,
    async () => {
      const { code, stdout, stderr } = await interrupt([method, "map", "handled"], ["a child is launched", "a result is here"], true);
      assert.deepEqual([code, stderr], [0, ""]);
      const error = "error Cannot finish a task: the pool was terminated";
      assert.deepEqual(stdout.match(/^(error|end) .*$/gm), [error, "end 1", error, "end 2"]);
    },
  );

  test(`a program that handles Ctrl-C sees its child (${method}) end by it: a child boots, a target runs`, LIMIT, async () => {
    const { code, signal, stdout, stderr } = await interrupt([method, "start", "handled"], ["a child boots", "a target runs"], true);
    assert.deepEqual({ code, signal, stderr }, { code: 0, signal: null, stderr: "" }, stdout);
    assert.deepEqual(stdout.match(/^joined .*$/gm), ["joined -2", "joined -2"]);
  });
}

leavesNothingBehind();
