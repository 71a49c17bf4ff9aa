import { test } from "node:test";
import assert from "node:assert/strict";
import process from "node:process";
import { inspect } from "node:util";
import * as mp from "@fenshen/multiprocessing";
import * as dummy from "@fenshen/multiprocessing/dummy";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { tellWhoIAm } from "./fixtures/targets.ts";

test("new Process() refuses bad options at once [2.1 a target that is none]", () => {
  const make = (options: unknown) => () => new mp.Process(options as mp.ProcessOptions);
  assert.throws(make(5), TypeError);
  assert.throws(make({ target: 5 }), /target must be a function/);
  assert.throws(make({ args: 5 }), /args must be an array/);
  assert.throws(make({ name: 5 }), /name must be a string/);
  assert.throws(make({ daemon: 1 }), /daemon must be a boolean/);
  assert.throws(make({ kwargs: {} }), /the options are target, args, name, daemon, runtime, .*, received kwargs$/);
});

test("Process.name has its default where it is empty, as in Python", () => {
  assert.match(new mp.Process({ name: "" }).name, /^Process-\d+$/);
});

test("Process.args may be any iterable [test_args_argument]", () => {
  new mp.Process({ target: (..._all: number[]) => {}, args: new Set([1, 2]) });
});

test("the root program is MainProcess, alive, no daemon, without a parent [test_current]", async () => {
  const me = mp.currentProcess();
  assert.equal(me.name, "MainProcess");
  assert.equal(me.pid, process.pid);
  assert.equal(me.isAlive(), true);
  assert.equal(me.daemon, false);
  assert.equal(me.exitcode, null);
  assert.equal(me.authkey.length, 32);
  assert.equal(mp.parentProcess(), null);
  assert.equal(mp.currentProcess(), me);
  await assert.rejects(me.join(), mp.ProcessError);
  await assert.rejects(me.start(), mp.ProcessError);
  assert.throws(() => me.terminate(), mp.ProcessError);
});

test("an authkey refuses to travel, and to be shown; its bytes are what a Listener takes [AuthenticationString]", async () => {
  const { authkey } = mp.currentProcess();
  const [left, right] = mp.Pipe();
  await assert.rejects(
    left.send({ deep: [authkey] }),
    (error) => error instanceof mp.SerializationError && /authkey is secret/.test(error.message),
  );
  assert.throws(() => JSON.stringify({ authkey }), mp.SerializationError);
  assert.equal(inspect(authkey), "<authkey of 32 bytes>");
  const p = new mp.Process();
  p.authkey = new Uint8Array([1, 2]);
  assert.deepEqual([...p.authkey], [1, 2]);
  await assert.rejects(left.send(p.authkey), mp.SerializationError);
  left.close();
  right.close();
});

test("the log names the program as currentProcess() is named", () => {
  const names: string[] = [];
  const note = ({ processName }: mp.LogRecord) => void names.push(processName);
  const logger = mp.getLogger();
  logger.addHandler(note);
  const me = mp.currentProcess();
  const { name } = me;
  logger.warning("one");
  me.name = "Server";
  logger.warning("two");
  me.name = name;
  logger.warning("three");
  logger.removeHandler(note);
  assert.deepEqual(names, ["MainProcess", "Server", "MainProcess"]);
});

test("children take their key, and the name of their parent, from what currentProcess() was given [2.2 spawn data]", async () => {
  const me = mp.currentProcess();
  const { name, authkey } = me;
  const told = new mp.Queue<{ authkey: Uint8Array; parent: { name: string } }>();
  try {
    me.name = "Server";
    me.authkey = new Uint8Array([1, 2]);
    const p = new (mp.getContext("thread").Process)({ target: tellWhoIAm as (queue: unknown) => void, args: [told] });
    await p.start();
    const { authkey, parent } = await told.get();
    assert.deepEqual([[...authkey], parent.name], [[1, 2], "Server"]);
    await p.join();
  } finally {
    Object.assign(me, { name, authkey });
  }
});

test("a Process that was not started refuses join, terminate and sentinel [test_sentinel]", async () => {
  const p = new mp.Process();
  await assert.rejects(p.join(), /has not been started/);
  assert.throws(() => p.terminate(), /has not been started/);
  assert.throws(() => p.sentinel, /has not been started/);
});

test("name and daemon are checked when set", () => {
  const p = new mp.Process();
  assert.throws(() => (p.name = 5 as unknown as string), TypeError);
  assert.throws(() => (p.daemon = 5 as unknown as boolean), TypeError);
  p.daemon = true;
  assert.equal(p.daemon, true);
  assert.match(String(p), new RegExp(`^<Process name='Process-\\d+' parent=${process.pid} initial daemon>$`));
  assert.equal(String(mp.currentProcess()), `<MainProcess name='MainProcess' pid=${process.pid} started>`);
});

test("start methods: fork is refused with what to use, unknown ones by name [test_get_all, TestStartMethod.test_context]", () => {
  assert.deepEqual(mp.getAllStartMethods(), ["spawn", "forkserver", "thread"]);
  assert.throws(() => mp.getContext("fork" as mp.StartMethod), /use "spawn"/);
  assert.throws(() => mp.getContext("nope" as mp.StartMethod), RangeError);
  assert.equal(mp.getContext("thread").getStartMethod(), "thread");
  assert.throws(() => mp.getContext("thread").setStartMethod("spawn"), RangeError);
  const ctx = mp.getContext("spawn");
  assert.equal(ctx.getContext(), ctx);
});

test("a context has every class and function of the module, and the errors that Python's has", () => {
  const ofTheModule = ["BaseProcess", "BasePool"];
  const errors = Object.keys(mp).filter((name) => /Error$|^(BufferTooShort|Empty|Full|ShutDown|SystemExit|RemoteTraceback)$/.test(name));
  const pythons = ["ProcessError", "BufferTooShort", "TimeoutError", "AuthenticationError"];
  const functions = Object.entries(mp).filter(([, value]) => typeof value === "function").map(([name]) => name);
  const expected = [...functions.filter((name) => !ofTheModule.includes(name) && !errors.includes(name)), ...pythons];
  for (const context of [mp.getContext(), mp.getContext("spawn"), mp.getContext("thread")]) {
    assert.deepEqual(expected.filter((name) => typeof context[name as keyof mp.Context] !== "function"), []);
  }
});

test("a Process of any context is an instanceof Process, as is what currentProcess() gives", () => {
  class Own extends mp.Process {}
  class OwnDummy extends dummy.Process {}
  const processes = [mp.currentProcess(), new mp.Process(), new dummy.Process(), new Own(), new (mp.getContext("spawn").Process)()];
  for (const process of processes) {
    assert.ok(process instanceof mp.Process && process instanceof dummy.Process, String(process));
    assert.equal(process instanceof Own, process.constructor === Own);
    assert.equal(process instanceof OwnDummy, false);
  }
  assert.equal({} instanceof mp.Process, false);
  assert.equal(new mp.Process() instanceof mp.getContext("spawn").Process, false);
});

test("an option of a context holds for a child, a pool, a manager and a context that say nothing, or undefined, about it", async () => {
  // Refused for threads: so a start that is refused has been asked to keep the restriction.
  const restricted = mp.getContext("thread", { permissions: {} });
  const refused = /permissions needs a process of its own/;
  const nothing = { permissions: undefined };
  await assert.rejects(new restricted.Process(nothing).start(), refused);
  await assert.rejects(new restricted.Pool({ processes: 1, ...nothing }).apply(Math.abs, [1]), refused);
  await assert.rejects(restricted.Manager({ ctx: undefined }), refused);
  for (const options of [nothing, { env: { GREETING: "hello" } }]) {
    await assert.rejects(new (restricted.getContext("thread", options).Process)().start(), refused);
  }
});

test("getContext() takes null for absent, and refuses options that are no object", () => {
  const none = null as unknown as undefined;
  assert.equal(mp.getContext("spawn", none).getStartMethod(), "spawn");
  assert.equal(mp.getContext(none, none), mp.getContext());
  const context = mp.getContext("spawn");
  assert.equal(context.getContext(none, none), context);
  for (const bad of [5, "env", []]) {
    const refused = { name: "TypeError", message: /^Cannot get a context: its options must be an object/ };
    assert.throws(() => mp.getContext("spawn", bad as mp.ContextOptions), refused);
    assert.throws(() => context.getContext("spawn", bad as mp.ContextOptions), refused);
  }
});

test("setStartMethod() counts once, unless forced [test_set_get]", () => {
  assert.equal(mp.getStartMethod({ allowNone: true }), null);
  mp.setStartMethod("thread");
  assert.throws(() => mp.setStartMethod("spawn"), /already/);
  mp.setStartMethod("spawn", { force: true });
  assert.equal(mp.getStartMethod(), "spawn");
});

test("cpuCount() is a positive integer [test_cpu_count]", () => {
  assert.ok(Number.isInteger(mp.cpuCount()) && mp.cpuCount() >= 1);
});

leavesNothingBehind();
