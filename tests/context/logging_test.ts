/** Logging, in whole programs. Rows: python-behaviour.md 1.1, 2.14 (`_TestLogging`). */
import assert from "node:assert/strict";
import { test } from "node:test";
import * as mp from "@fenshen/multiprocessing";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { moduleSuffix, runProgram } from "../support/run_program.ts";

const program = (name: string) => new URL(`./programs/${name}${moduleSuffix}`, import.meta.url);
const LIMIT = { timeout: 60_000 };

/** What each unit said, in its order; units are not ordered among each other. */
function linesOf(stderr: string): Record<string, string[]> {
  const lines: Record<string, string[]> = {};
  for (const line of stderr.trim().split("\n")) {
    const [, level, name, text] = /^\[(\w+)\/([^\]]+)\] (.*)$/.exec(line) ?? [];
    assert.ok(name !== undefined, `every line names its process, received ${line}`);
    (lines[name] ??= []).push(`${level} ${text}`);
  }
  return lines;
}

const lifeOf = (...meanwhile: string[]) => [
  "INFO child process calling self.run()",
  ...meanwhile,
  "INFO process shutting down",
  "INFO process exiting with exitcode 0",
];

for (const method of ["spawn", "forkserver", "thread"]) {
  test(`every unit (${method}) logs its life, at its creator's level [test_level, test_enable_logging]`, LIMIT, async () => {
    const { stderr, code } = await runProgram(program("logging"), [method, "DEBUG"]);
    const { child, grandchild, MainProcess, daemon, ...workers } = linesOf(stderr);
    assert.deepEqual(child, [
      "INFO child process calling self.run()",
      "WARNING level 10",
      "INFO process shutting down",
      "INFO calling join() for process grandchild",
      "INFO process exiting with exitcode 0",
    ]);
    assert.deepEqual(grandchild, lifeOf());
    const [worker] = Object.keys(workers);
    assert.deepEqual(Object.values(workers), [lifeOf("DEBUG worker got sentinel -- exiting", "DEBUG worker exiting after 1 tasks")]);
    assert.deepEqual(daemon, ["INFO child process calling self.run()"]);
    assert.deepEqual(MainProcess, [
      "DEBUG added worker",
      "DEBUG closing pool",
      "DEBUG joining pool",
      `DEBUG cleaning up worker ${worker}`,
      "INFO process shutting down",
      "INFO calling terminate() for daemon daemon",
    ]);
    assert.equal(code, 0);
  });

  test(`failures that nobody looked at go through the logger (${method})`, LIMIT, async () => {
    const { stdout, stderr, code } = await runProgram(program("log_failures"), [method]);
    assert.deepEqual(
      stdout.trim().split("\n").sort(),
      [
        "ERROR: A call that nobody awaited has failed:",
        "ERROR: A task of a pool failed, and nobody looked at its result:",
        stdout.match(/ERROR: Cannot start .*Process-\d+:/)![0],
      ].sort(),
    );
    assert.match(stderr, /^\[ERROR\/MainProcess\] A task of a pool failed, and nobody looked at its result:\nTypeError: two/);
    assert.doesNotMatch(stderr, /: one$/m);
    assert.equal(code, 0);
  });
}

test("calls that fail and that nobody awaits are logged, and do not end the program", LIMIT, async () => {
  const { stdout, stderr, code } = await runProgram(program("log_forgotten"));
  assert.equal(stdout, "still here\n", stderr);
  assert.equal(stderr, "");
  assert.equal(code, 0);
});

test("at ERROR nothing is said of what goes well, by no unit", LIMIT, async () => {
  const { stderr } = await runProgram(program("logging"), ["thread", "ERROR"]);
  assert.equal(stderr, "");
});

test("getLogger() is one logger, of every context", () => {
  assert.equal(mp.getLogger(), mp.getContext("thread").getLogger());
  assert.deepEqual([mp.SUBDEBUG, mp.SUBWARNING], [5, 25]);
});

leavesNothingBehind();
