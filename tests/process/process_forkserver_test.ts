import { test } from "node:test";
import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import process from "node:process";
import * as mp from "@fenshen/multiprocessing";
import { moduleSuffix, runProgram } from "../support/run_program.ts";
import { tellBirth, tellWhereIAm } from "./fixtures/targets.ts";
import { processBattery } from "./process_battery.ts";

processBattery("forkserver");

const LIMIT = { timeout: 60_000 };
const { Process, Queue } = mp.getContext("forkserver");

/** When a child was born, and its pid. */
async function birth(options: mp.ProcessOptions<[mp.Queue<number>]> = {}): Promise<{ born: number; started: number; pid: number }> {
  const queue = new Queue<number>();
  const started = Date.now();
  const p = new Process({ ...options, target: tellBirth, args: [queue] });
  await p.start();
  const pid = p.pid!;
  const born = await queue.get();
  assert.equal(await p.join(), 0);
  return { born, started, pid };
}

/** Children until one of them was launched ahead; the test's own timeout is the limit. */
async function warmBirth(options?: mp.ContextOptions): Promise<number> {
  for (;;) {
    const { born, started, pid } = await birth(options);
    if (born < started) return pid;
  }
}

test("a forkserver child was launched before start()", LIMIT, async () => {
  await warmBirth();
});

test("children with the same options are launched ahead too, once the options were used twice", LIMIT, async () => {
  await warmBirth({ env: { FENSHEN_TEST_VALUE: "often" } });
});

test("options that differ for each child make no children ahead", LIMIT, async () => {
  for (let i = 0; i < 4; i++) {
    const { born, started } = await birth({ env: { FENSHEN_TEST_VALUE: String(i) } });
    assert.ok(born >= started);
  }
});

test("a child with options of its own never gets one that was launched for others", LIMIT, async () => {
  await warmBirth();
  const queue = new Queue<{ value: string | undefined }>();
  const p = new Process({ target: tellWhereIAm, args: [queue], env: { FENSHEN_TEST_VALUE: "own" } });
  await p.start();
  assert.equal((await queue.get()).value, "own");
  assert.equal(await p.join(), 0);
});

test("a child has the environment of its creator as it is at the start, also where warm children are older", LIMIT, async () => {
  await warmBirth();
  process.env.FENSHEN_TEST_VALUE = "changed";
  try {
    const queue = new Queue<{ value: string | undefined }>();
    for (let i = 0; i < 3; i++) {
      const p = new Process({ target: tellWhereIAm, args: [queue] });
      await p.start();
      assert.equal((await queue.get()).value, "changed");
      assert.equal(await p.join(), 0);
    }
  } finally {
    delete process.env.FENSHEN_TEST_VALUE;
  }
});

test("a warm child that was killed is not handed out [test_forkserver_sigkill, test_forkserver_sigint]", LIMIT, async () => {
  const { stdout, stderr } = await runProgram(new URL(`./programs/forkserver_killed${moduleSuffix}`, import.meta.url));
  assert.equal(stdout, "joined 0\njoined 0\njoined 0\n", stderr);
});

test(
  "warm children import the preload modules ahead, which may make locks and queues, and end with the program [test_preload_resources]",
  LIMIT,
  async () => {
    const { stdout, stderr, code } = await runProgram(new URL(`./programs/forkserver_preload${moduleSuffix}`, import.meta.url));
    assert.match(stdout, /^preloaded\n(preloaded\n)*ran\n(preloaded\n)*joined 0\n(preloaded\n)*$/, stderr);
    assert.equal(code, 0);
  },
);

test("a preload module that fails does no harm", LIMIT, async () => {
  const { stdout, stderr } = await runProgram(new URL(`./programs/forkserver_bad_preload${moduleSuffix}`, import.meta.url));
  assert.deepEqual([stdout, stderr], ["worked\njoined 0\n".repeat(3), ""]);
});

const noProc = !existsSync("/proc/self/stat") && "CPU time of other processes is read from /proc";
test("warm children use no CPU while they wait, and do not keep the program alive", { ...LIMIT, skip: noProc }, async () => {
  const { stdout, stderr, code } = await runProgram(new URL(`./programs/forkserver_idle${moduleSuffix}`, import.meta.url));
  assert.deepEqual([stdout, stderr, code], ["two warm children stand still\n", "", 0]);
});

const noList = !existsSync("/proc/self/stat") && "processes are read from /proc";
test(
  "a thread that had processes takes nothing along that is the program's, whether it ends or is terminated",
  { ...LIMIT, skip: noList },
  async () => {
    const { stdout, stderr } = await runProgram(new URL(`./programs/forkserver_in_thread${moduleSuffix}`, import.meta.url));
    const lines = ["before 0", "a thread ended 0 S", "after one that ended 0", "a thread has a daemon", "after one that was terminated 0"];
    assert.deepEqual([stdout, stderr], [`${lines.join("\n")}\n`, ""]);
  },
);

test("one guardian sees to all warm children of a program, however many come and go", { ...LIMIT, skip: noList }, async () => {
  const { stdout, stderr } = await runProgram(new URL(`./programs/forkserver_guardian${moduleSuffix}`, import.meta.url));
  assert.deepEqual([stdout, stderr], ["1 true\n", ""]);
});

test("setForkserverPreload() takes absolute URLs only [test_context_check_module_types]", () => {
  assert.throws(() => mp.setForkserverPreload("x" as unknown as string[]), TypeError);
  assert.throws(() => mp.setForkserverPreload(["./tasks.ts"]), /absolute URL/);
  assert.throws(() => mp.setForkserverPreload([5 as unknown as string]), TypeError);
});

test("no child is left; the warm ones end with this program, as the runner checks", () => {
  assert.deepEqual(mp.activeChildren().map(String), []);
});
