/** Whole programs with managers. Fixtures in programs/. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { waitUntilGone } from "../support/gone.ts";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { moduleSuffix, runProgram, startProgram } from "../support/run_program.ts";

const program = (name: string) => new URL(`./programs/${name}${moduleSuffix}`, import.meta.url);
const LIMIT = { timeout: 60_000 };
const numbersIn = (text: string) => (text.match(/\d+/g) ?? []).map(Number);

for (const method of ["spawn", "forkserver"]) {
  test(`a manager (${method}) and its pool end when their program is killed by SIGKILL [4.1 #5]`, LIMIT, async () => {
    const running = startProgram(program("killed"), [method]);
    const pids = numbersIn(await running.printed(/^\d+ \d+\n/));
    assert.equal(pids.length, 2);
    running.signalGroup("SIGKILL");
    await running.ended;
    for (const pid of pids) await waitUntilGone(pid);
  });
}

test("a program that leaves its manager open ends, and takes it along", LIMIT, async () => {
  const { stdout, stderr, code } = await runProgram(program("left_open"));
  assert.deepEqual({ stderr, code }, { stderr: "", code: 0 });
  const [pid, length] = numbersIn(stdout);
  assert.equal(length, 3);
  await waitUntilGone(pid!);
});

leavesNothingBehind();
