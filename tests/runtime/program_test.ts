import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import test from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { runtime } from "../../src/runtime/runtime.ts";
import { waitUntilGone } from "../support/gone.ts";
import { startProgram } from "../support/run_program.ts";
import { fixture } from "./fixtures/start.ts";
import { programCommand } from "./fixtures/program.ts";

const DEADLOCK = { timeout: 60_000 };

function output(command: string[], cwd?: string): string {
  const ran = spawnSync(command[0]!, command.slice(1), { encoding: "utf8", cwd });
  assert.equal(ran.status, 0, ran.stderr);
  return ran.stdout;
}

const program = fileURLToPath(fixture("is_main_program"));
const expected = { own: true, imported: false, entry: pathToFileURL(program).href, launch: null };

test("isMain() is true in the entry module and false in what it imports [2.2 main module]", DEADLOCK, () => {
  for (const [name, cwd] of [[program, undefined], [path.basename(program), path.dirname(program)]] as const) {
    const { folder: _, ...seen } = JSON.parse(output(programCommand(name), cwd));
    assert.deepEqual(seen, expected);
  }
});

test("isMain() sees through a link", DEADLOCK, () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "is-main-"));
  try {
    // A link to the whole checkout: Deno resolves the program's imports from the link.
    const root = path.resolve(path.dirname(program), "../../..");
    fs.symlinkSync(root, path.join(folder, "link"));
    const linked = path.join(folder, "link", path.relative(root, program));
    assert.equal(JSON.parse(output(programCommand(linked))).own, true);
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
});

const node20 = runtime.name === "node" && program.endsWith(".js");
test(
  "isMain() is true for a program that is named without its extension",
  { ...DEADLOCK, skip: !node20 && "only Node runs such a name" },
  () => {
    // Node resolves such a name for CommonJS programs and, by the same rule, for modules it then finds to be ES modules.
    const ran = spawnSync(process.execPath, [program.slice(0, -3)], { encoding: "utf8" });
    if (ran.status === 0) assert.equal(JSON.parse(ran.stdout).own, true);
  },
);

for (const kind of ["process", "ignored", "thread", "listener", "socket", "accepted", "keepAlive"]) {
  test(`an unref'd ${kind} lets the program end`, DEADLOCK, () => {
    assert.equal(output(programCommand(fixture("unheld_program"), [kind, "unheld"])), "ended\n");
  });
  test(`a ref'd ${kind} keeps the program alive until it is unref'd`, DEADLOCK, () => {
    assert.equal(output(programCommand(fixture("unheld_program"), [kind, "held"])), "let go: true\n");
  });
}

test("the socket folder is gone when the program has ended", DEADLOCK, () => {
  const { folder } = JSON.parse(output(programCommand(program)));
  assert.match(folder, /fenshen-/);
  assert.notEqual(folder, runtime.socketFolder());
  assert.equal(fs.existsSync(folder), false);
});

test("a program whose reader goes away still ends", DEADLOCK, async () => {
  const [file, ...args] = programCommand(program);
  const child = spawn(file!, args, { stdio: ["ignore", "pipe", "inherit"] });
  child.stdout.destroy();
  assert.equal(typeof await new Promise((resolve) => child.on("exit", (code, signal) => resolve(signal ?? code))), "number");
});

test("nobody listens any more for a program that was killed, though its child lives", DEADLOCK, async () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), "l-"));
  const address = { path: path.join(folder, "socket") };
  const running = startProgram(fixture("listening_program"), [address.path]);
  const child = Number(await running.printed(/\n/));
  process.kill(running.pid, "SIGKILL");
  await running.ended;
  try {
    await assert.rejects(runtime.connect(address).then((socket) => socket.destroy()), { code: "ECONNREFUSED" });
    process.kill(child, 0); // it was there
  } finally {
    process.kill(child, "SIGKILL");
    await waitUntilGone(child);
    fs.rmSync(folder, { recursive: true });
  }
});
