/** Whole programs with a Pool: what a user sees on the terminal. Fixtures in programs/. Rows: python-behaviour.md 2.3, 4.1, 4.3. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { waitUntilGone } from "../support/gone.ts";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { once } from "../support/once.ts";
import { moduleSuffix, runProgram, startProgram } from "../support/run_program.ts";

const program = (name: string) => new URL(`./programs/${name}${moduleSuffix}`, import.meta.url);
const LIMIT = { timeout: 60_000 };

for (const method of ["spawn", "thread"]) {
  const neverClosed = once(() => runProgram(program("never_closed"), [method]));

  test(
    `a pool (${method}) that is never closed finishes what it accepted and lets the program end [test_worker_finalization]`,
    LIMIT,
    async () => {
      const { stdout, stderr, code } = await neverClosed();
      assert.match(stdout, /\nend of the program's text\ncallback 49\n$/, stderr);
      assert.equal(code, 0, stderr);
    },
  );

  test(`failures that nobody looked at are printed, and do not end the program (${method})`, LIMIT, async () => {
    const { stdout, stderr } = await neverClosed();
    assert.match(stdout, /^successful: false\nstill here\n/, stderr);
    assert.deepEqual([...stderr.matchAll(/^\w+: .*$/gm)].length, 4, stderr);
    for (const n of [1, 2, 3, 4]) assert.equal(stderr.match(new RegExp(`^TypeError: nobody looked ${n}$`, "gm"))?.length, 1, stderr);
    assert.doesNotMatch(stderr, /somebody looked|errorCallback looked/);
  });

  test(`a child (${method}) that ends finishes what its pool accepted, and takes the pool along`, LIMIT, async () => {
    const { stdout, stderr, code } = await runProgram(program("child_leaves_pool"), [method]);
    assert.equal(stdout, "9\njoined 0\n9\nfinished\njoined 0\n", stderr);
    assert.equal(code, 0);
  });
}

test("a program without a main guard gets the BootstrapError in its task, and ends [4.1 #16]", LIMIT, async () => {
  const { stdout, stderr, code } = await runProgram(program("no_guard"));
  assert.equal(stdout, "");
  assert.notEqual(code, 0);
  assert.match(stderr, /BootstrapError[^]*if \(mp\.isMain\(import\.meta\)\)/);
});

for (const signal of ["SIGKILL", "SIGINT"] as const) {
  test(`workers end, silently, when their program is ended by ${signal} during map() [4.3 #2, #9]`, LIMIT, async () => {
    const running = startProgram(program("busy"));
    const pids = (await running.printed(/^busy \d+ \d+\n/)).match(/\d+/g)!.map(Number);
    running.signalGroup(signal);
    const { stderr } = await running.ended;
    for (const pid of pids) await waitUntilGone(pid);
    assert.equal(stderr, "");
  });
}

leavesNothingBehind();
