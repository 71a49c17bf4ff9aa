import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import process from "node:process";
import test from "node:test";
import { runtime } from "../../src/runtime/runtime.ts";
import { fixture, startProcess, text } from "./fixtures/start.ts";

const DEADLOCK = { timeout: 60_000 };

for (const code of [0, 1, 7, 255]) {
  test(`spawn() tells the exit code ${code}`, DEADLOCK, async () => {
    const child = await startProcess("exit", code);
    assert.deepEqual(await child.exited, { exitcode: code });
    assert.equal(await text(child.stdout), "");
  });
}

for (const signal of [9, 15, 2]) {
  test(`kill() with signal ${signal} gives exit code -${signal}`, DEADLOCK, async () => {
    const child = await startProcess("loop");
    child.kill(signal);
    assert.deepEqual(await child.exited, { exitcode: -signal });
    child.kill(signal); // nothing is left to kill
  });
}

test("kill() takes only numbers that are signals", DEADLOCK, async () => {
  const child = await startProcess("wait");
  assert.throws(() => child.kill(12345), RangeError);
  child.kill(9);
  await child.exited;
});

test("an uncaught error in a process gives exit code 1", DEADLOCK, async () => {
  const child = await startProcess("throwing");
  assert.deepEqual(await child.exited, { exitcode: 1 });
  assert.match(await text(child.stderr), /nobody catches this/);
});

test("takeLaunch() gives the launch once, and nothing of it stays in the environment", DEADLOCK, async () => {
  const data = { secret: 'é"\n', list: [1, { a: null }] };
  const child = await startProcess("report", data, { env: { ADDED: "yes" } });
  const seen = JSON.parse(await text(child.stdout));
  await child.exited;
  assert.deepEqual(seen.data, data);
  assert.equal(seen.again, null);
  assert.equal(seen.variable, null);
  assert.equal(seen.added, "yes");
  assert.equal(seen.path, process.env.PATH);
  assert.equal(seen.pid, child.pid);
  assert.equal(seen.ppid, runtime.pid);
  assert.deepEqual(seen.isMain, [false, false]);
  assert.equal(seen.folder, runtime.socketFolder());
  assert.ok(!seen.commandLine.join(" ").includes("secret"));
});

test("a process that finds the socket folder of its tree removed makes it again, and removes it", DEADLOCK, async () => {
  const folder = runtime.socketFolder()!;
  fs.rmSync(folder, { recursive: true });
  const child = await startProcess("report");
  const seen = JSON.parse(await text(child.stdout));
  await child.exited;
  assert.equal(seen.folder, folder);
  assert.equal(fs.existsSync(folder), false);
});

test("a grandchild does not see the launch", DEADLOCK, async () => {
  const child = await startProcess("grandchild");
  assert.equal(await text(child.stdout), "false");
  await child.exited;
});

test("takeLaunch() is null in a program that the library did not start", () => {
  assert.equal(runtime.takeLaunch(), null);
  assert.equal(runtime.parentPort(), null);
});

test("exited waits for all piped output, read or not", DEADLOCK, async () => {
  const child = await startProcess("output", "write");
  assert.deepEqual(await child.exited, { exitcode: 3 });
  assert.equal((await text(child.stdout)).length, 1_000_000);
});

test("output that is cancelled does not stop the process", DEADLOCK, async () => {
  const child = await startProcess("output", "log");
  await child.stdout!.cancel();
  assert.deepEqual(await child.exited, { exitcode: 3 });
});

test("stdin is a stream to the process", DEADLOCK, async () => {
  const child = await startProcess("stdin", null, { stdin: "pipe" });
  const writer = child.stdin!.getWriter();
  await writer.write(new TextEncoder().encode("hello "));
  await writer.write(new TextEncoder().encode("world"));
  await writer.close();
  assert.equal(await text(child.stdout), "HELLO WORLD");
  assert.deepEqual(await child.exited, { exitcode: 0 });
});

test("a stream that is not piped is null", DEADLOCK, async () => {
  const child = await startProcess("exit", 0, { stdout: "ignore", stderr: "ignore" });
  assert.deepEqual([child.stdin, child.stdout, child.stderr], [null, null, null]);
  await child.exited;
});

test("spawn() runs in the given folder, and says when there is none", DEADLOCK, async () => {
  const folder = fs.realpathSync(os.tmpdir());
  const child = await startProcess("report", null, { cwd: folder });
  assert.equal(fs.realpathSync(JSON.parse(await text(child.stdout)).cwd), folder);
  await child.exited;
  await assert.rejects(startProcess("exit", 0, { cwd: "/no/such/folder" }), /working folder must exist, received \/no\/such\/folder/);
});

test("spawn() says which executable is missing", DEADLOCK, async () => {
  await assert.rejects(
    startProcess("exit", 0, { execPath: "/no/such/runtime" }),
    new RegExp(`Cannot start a ${runtime.name} process: no executable /no/such/runtime was found`),
  );
  const other = runtime.name === "deno" ? "bun" : "deno";
  await assert.rejects(
    startProcess("exit", 0, { runtime: other, execPath: "/no/such/runtime" }),
    /Cannot start a (bun|deno) process: no executable/,
  );
});

/** The version of a runtime on PATH, or `null`. */
function versionOnPath(name: string): string | null {
  const { stdout, error } = spawnSync(name, ["--version"], { encoding: "utf8" });
  return error ? null : /\d+\.\d+\.\d+/.exec(stdout)![0];
}

const nodeOnPath = versionOnPath("node");
const [major, minor] = (nodeOnPath ?? "0.0").split(".").map(Number) as [number, number];
const runsTypeScript = major > 22 || (major === 22 && minor >= 18);
const isTypeScript = fixture("unit").pathname.endsWith(".ts");
const refused = isTypeScript && nodeOnPath !== null && !runsTypeScript;

test(
  "a Node that cannot run TypeScript is refused with its version",
  { ...DEADLOCK, skip: !refused && "no such Node on PATH" },
  () => assert.rejects(startProcess("exit", 0, { runtime: "node" }), /TypeScript sources need Node 22.18 or later, received Node \d+/),
);

for (const name of ["deno", "bun", "node"] as const) {
  const missing = name !== runtime.name && (versionOnPath(name) === null || (name === "node" && refused));
  test(`spawn() starts ${name} from here`, { ...DEADLOCK, skip: missing && `no ${name} on PATH that can` }, async () => {
    const child = await startProcess("report", "hello", { runtime: name });
    const [out, err] = await Promise.all([text(child.stdout), text(child.stderr)]);
    assert.deepEqual(await child.exited, { exitcode: 0 }, err);
    const seen = JSON.parse(out);
    assert.equal(seen.name, name);
    assert.equal(seen.data, "hello");
    assert.equal(seen.folder, runtime.socketFolder());
  });
}

test("onSignal() handles a signal until it is undone", DEADLOCK, async () => {
  const child = await startProcess("signal", 15);
  const reader = child.stdout!.getReader();
  await reader.read(); // ready
  child.kill(15);
  const { value } = await reader.read();
  assert.equal(new TextDecoder().decode(value), "handled");
  assert.deepEqual(await child.exited, { exitcode: 0 });
});

test("signalName() knows the numbers of this system", () => {
  assert.deepEqual([9, 15, 2, 11, 6, 12345].map((n) => runtime.signalName(n)), [
    "SIGKILL",
    "SIGTERM",
    "SIGINT",
    "SIGSEGV",
    "SIGABRT",
    null,
  ]);
});
