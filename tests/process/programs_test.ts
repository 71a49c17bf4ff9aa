/** Whole programs: what a user sees on the terminal. Fixtures in programs/. */
import fs from "node:fs";
import net from "node:net";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import assert from "node:assert/strict";
import { once } from "../support/once.ts";
import { ownRuntime } from "../support/on_path.ts";
import { moduleSuffix, runProgram, startProgram } from "../support/run_program.ts";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { waitUntilGone } from "../support/gone.ts";

const program = (name: string) => new URL(`./programs/${name}${moduleSuffix}`, import.meta.url);
const LIMIT = { timeout: 60_000 };

for (const method of ["spawn", "forkserver", "thread"]) {
  test(
    `a megabyte written by a child (${method}) arrives whole before join() resolves, if it ends by return, SystemExit or exit`,
    LIMIT,
    async () => {
      const { stdout, stderr, code } = await runProgram(program("big_output"), [method, "return", "SystemExit", "exit"]);
      assert.equal(code, 0, stderr);
      const megabyte = `${"x".repeat(1023)}\n`.repeat(1024);
      const [byReturn, bySystemExit, byExit, rest] = stdout.split(/joined 0 by \w+\n/);
      assert.ok(byReturn === megabyte, "by return");
      assert.ok(bySystemExit === megabyte, "by SystemExit");
      assert.ok(byExit === megabyte, "by exit");
      assert.equal(rest, "");
      assert.equal(stderr.match(/on stderr too/g)?.length, 3);
    },
  );

  const guarded = once(() => runProgram(program("guarded_work"), [method]));

  test(`a guarded program does its work (${method}) [2.2 main module]`, LIMIT, async () => {
    const { stdout, stderr, code } = await guarded();
    assert.match(stdout, /^got 42\njoined 0\n/, stderr);
    assert.equal(code, 0);
  });

  test(`an uncaught error in a child (${method}) is printed once, with its name [test_stderr_flush]`, LIMIT, async () => {
    const { stdout, stderr } = await guarded();
    assert.match(stdout, /\njoined the failing 1\n/);
    assert.equal(stderr.match(/broken on purpose/g)?.length, 1, stderr);
    assert.match(stderr, /^Process the-child:\nTypeError: broken on purpose\n\s+at fail /);
  });

  test(`a program (${method}) that ends takes its daemon along and waits for its other child [2.1 daemon rules]`, LIMIT, async () => {
    const { stdout, code } = await guarded();
    const pid = /\ndaemon (\d+)\nthe child finished\n$/.exec(stdout)?.[1];
    assert.ok(pid !== undefined, stdout);
    assert.equal(code, 0);
    if (method !== "thread") await waitUntilGone(Number(pid));
  });
}

test(
  "a program without a main guard gets the BootstrapError in its child, not a fork bomb [TestNoForkBomb, 2.2 error text]",
  LIMIT,
  async () => {
    const { stdout, stderr } = await runProgram(program("no_guard"));
    assert.equal(stdout, "joined 1\n");
    assert.match(stderr, /BootstrapError/);
    assert.match(stderr, /if \(mp\.isMain\(import\.meta\)\)/);
  },
);

test("a start() that an import scheduled gets the BootstrapError, and the target still runs", LIMIT, async () => {
  const { stdout } = await runProgram(program("scheduled_start"));
  assert.deepEqual(stdout.split("\n"), ["BootstrapError", "the target ran", "joined 0", ""]);
});

for (const kind of ["idle", "busy"]) {
  test(
    `a daemon that is ${kind} ends when its parent is killed by SIGKILL, and takes the sockets along, whatever PATH and TMPDIR are [2.1 parent killed]`,
    LIMIT,
    async () => {
      const cwd = fs.mkdtempSync(path.join(os.tmpdir(), "orphans-"));
      fs.mkdirSync(path.join(cwd, "relative"));
      const env = { PATH: "/nonexistent", TMPDIR: "relative", XDG_RUNTIME_DIR: undefined };
      const running = startProgram(program("orphans"), [kind], { cwd, env });
      const pid = Number(await running.printed(/^\d+\n/));
      // The daemon is in a group of its own: only the parent is killed.
      running.signalGroup("SIGKILL");
      assert.equal((await running.ended).stderr, "");
      await waitUntilGone(pid);
      assert.deepEqual(fs.readdirSync(path.join(cwd, "relative")), []);
      fs.rmSync(cwd, { recursive: true });
    },
  );
}

test(
  "a child in another folder gets the program's flags, also those that name files by relative paths [test_flags]",
  LIMIT,
  async () => {
    const cwd = path.join(fs.mkdtempSync(path.join(os.tmpdir(), "flagged-")), "a #%25");
    fs.mkdirSync(cwd);
    fs.writeFileSync(path.join(cwd, "hook.mjs"), "globalThis.hooked = true;");
    fs.writeFileSync(path.join(cwd, "told.env"), "FENSHEN_FROM_FILE=told");
    const all = process.versions.deno === undefined ? [] : ["--allow-all"];
    const execArgv = [...all, "--import", "./hook.mjs", "--env-file=told.env"];
    const { stdout, stderr } = await runProgram(program("flagged"), [], { cwd, execArgv });
    assert.equal(stdout, "/ true told\n", stderr);
    fs.rmSync(path.dirname(cwd), { recursive: true });
  },
);

test(
  "a child gets the program's flags, though Deno is told other things before them, and before it is told to run",
  { ...LIMIT, skip: process.versions.deno === undefined && "the other runtimes have no commands" },
  async () => {
    const cwd = fs.mkdtempSync(path.join(os.tmpdir(), "quiet-"));
    fs.writeFileSync(path.join(cwd, "hook.mjs"), "globalThis.hooked = true;");
    // By a script: Deno's node:child_process rewrites the words of a Deno.
    const script = path.join(cwd, "start");
    for (const before of ["--quiet run", "-L info run", "run --log-level info --seed 1"]) {
      const words = `'${process.execPath}' ${before} --allow-all --import ./hook.mjs '${fileURLToPath(program("flagged"))}'`;
      fs.writeFileSync(script, `#!/bin/sh\nexec ${words}\n`, { mode: 0o755 });
      const { stdout, stderr } = await runProgram(script, [], { cwd, executable: true });
      assert.equal(stdout, "/ true undefined\n", `${before}: ${stderr}`);
    }
    fs.rmSync(cwd, { recursive: true });
  },
);

test("a program has children where the system has no shell", LIMIT, async () => {
  const { stdout, stderr, code } = await runProgram(program("no_shell"));
  assert.equal(stdout, "hello\njoined 0\nhello\njoined 0\n", stderr);
  assert.equal(code, 0);
});

test("a program that finds no place for its sockets is told which places were tried, and what to set", LIMIT, async () => {
  const { stdout, stderr } = await runProgram(program("no_place"), [], { env: { TMPDIR: "/nonexistent", XDG_RUNTIME_DIR: undefined } });
  assert.match(
    stdout,
    /^ProcessError: Cannot make a folder for sockets: one of \/nonexistent, \/tmp must be .*; set TMPDIR .*\nEROFS\n$/,
    stderr,
  );
});

for (const method of ["spawn", "forkserver"]) {
  test(
    `children for which too few files may be open (${method}) are refused at the start, and those before them all end`,
    LIMIT,
    async () => {
      const { stdout, stderr } = await runProgram(program("few_files"), [method, "30"], { openFiles: 48 });
      assert.match(
        stdout,
        /^some started\n0\nProcessError: Cannot start a process: process \d+ has too many files open for one child more\nRaise the limit \(ulimit -n\), .*\n$/,
        stderr,
      );
    },
  );
}

test("a program that is being debugged has children, which leave the debugger's address to it", LIMIT, async () => {
  const server = net.createServer().listen(0);
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const { stdout, stderr } = await runProgram(program("inspected"), [], { env: { BUN_INSPECT: `ws://127.0.0.1:${port}/` } });
  assert.equal(stdout.trim(), "none,none,none", stderr);
});

for (const method of ["spawn", "forkserver"]) {
  test(`daemons (${method}) that use what they share with their parent say nothing when that is killed`, LIMIT, async () => {
    for (const signal of ["SIGKILL", "SIGTERM", "SIGINT"] as const) {
      const running = startProgram(program("busy_daemons"), [method]);
      await running.printed(/busy/);
      process.kill(running.pid, signal);
      // Its output ends with the last of them.
      const { stdout, stderr } = await running.ended;
      assert.deepEqual({ signal, stdout, stderr }, { signal, stdout: "busy\n", stderr: "" });
    }
  });
}

test("in a working folder that was removed everything works, or is refused with what to do", LIMIT, async () => {
  const { stdout, stderr } = await runProgram(program("gone_folder"));
  const worksFor = (what: string) => what === "a thread" ? ownRuntime === "bun" : ownRuntime !== "deno";
  const outcome = (what: string, result: string) =>
    worksFor(what)
      ? result
      : `ProcessError: Cannot start ${what}: the working folder of this process was removed\nChange to another one before: process.chdir("/")`;
  const lines = ["spawn", "forkserver", "thread"].flatMap((method) => {
    const line = `${method} ${outcome(method === "thread" ? "a thread" : "a deno process", "4,9")}`;
    return [line, line];
  });
  assert.equal(stdout, [...lines, `queue ${outcome("a thread", "7")}`, "elsewhere 7", ""].join("\n"), stderr);
  assert.equal(stderr, "");
});

test("piped streams carry a child's input and output, read after the join", LIMIT, async () => {
  const { stdout, stderr } = await runProgram(program("stdio_pipe"));
  assert.equal(stdout, "joined 0, 210000 characters, A LINE FOR THE CHILD, done\n", stderr);
});

test("a failed start() that nobody awaits is reported and does not end the program", LIMIT, async () => {
  const { stdout, stderr, code } = await runProgram(program("unseen_failure"));
  assert.equal(stdout, "still here\n");
  assert.match(stderr, /Cannot start Process-1:\nSerializationError: .*secret/);
  assert.equal(code, 0);
});

leavesNothingBehind();
