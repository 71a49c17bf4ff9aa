/** Whole programs with threads: what a user sees on the terminal. Fixtures in programs/. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { moduleSuffix, runProgram } from "../support/run_program.ts";

const program = (name: string) => new URL(`./programs/${name}${moduleSuffix}`, import.meta.url);
const LIMIT = { timeout: 60_000 };

test("an uncaught error in a thread is printed once, with its name, and ends nothing else [ExceptHookTests]", LIMIT, async () => {
  const { stdout, stderr, code } = await runProgram(program("uncaught"));
  assert.equal(stdout, "still here, 0 alive\n", stderr);
  assert.equal(code, 0);
  const heads = stderr.split("\n").filter((line) => /^\S/.test(line));
  assert.deepEqual(heads, [
    "Exception in thread bad:",
    "TypeError: broken on purpose",
    "Exception in thread loose:",
    "RangeError: nobody looked",
    "Exception in thread Thread-2:",
    "TypeError: broken on purpose",
  ]);
});

test(
  "threads that are no daemons finish, daemons end with the program [test_join_nondaemon_on_shutdown, ThreadJoinOnShutdown]",
  LIMIT,
  async () => {
    const { stdout, stderr, code } = await runProgram(program("kept_alive"));
    assert.deepEqual({ stdout, stderr, code }, { stdout: "main is done\nthe thread finished\n", stderr: "", code: 0 });
  },
);

test("a program that uses threads only can be sent the proxy of a manager", LIMIT, async () => {
  const { stdout, stderr, code } = await runProgram(program("proxy_from_thread"));
  assert.deepEqual({ stdout, stderr, code }, { stdout: "36\n", stderr: "", code: 0 });
});

test("a thread started while its module is imported by a thread gets the BootstrapError", LIMIT, async () => {
  const { stdout, stderr } = await runProgram(program("no_guard"));
  assert.equal(stdout, "joined\n");
  assert.match(stderr, /^Exception in thread first:\n/);
  assert.match(stderr, /BootstrapError/);
});

test("a failed start() that nobody awaits is reported and does not end the program", LIMIT, async () => {
  const { stdout, stderr, code } = await runProgram(program("unseen_failure"));
  assert.equal(stdout, "still here\n");
  assert.match(stderr, /Cannot start closure:\nSerializationError: .*secret/);
  assert.equal(code, 0);
});

leavesNothingBehind();
