/** Faults before the target runs. */
import assert from "node:assert/strict";
import { chmodSync, writeFileSync } from "node:fs";
import * as mp from "@fenshen/multiprocessing";
import { Bomb } from "./fixtures/bomb.ts";
import { never } from "./fixtures/processes.ts";
import { type Fault, outside, type Stage } from "./support/battery.ts";

async function launched(fault: Fault): Promise<void> {
  const child = new fault.ctx.Process({ target: never, args: [fault.doom] });
  await child.start();
  await fault.strike(child, () => Promise.resolve());
}

async function terminatedBeforeItsStart(fault: Fault): Promise<void> {
  const child = new fault.ctx.Process({ target: never, args: [fault.doom] });
  const started = child.start();
  await fault.strike(child, () => Promise.resolve());
  await started;
}

/** A runtime that ends without connecting. */
async function withoutConnecting(fault: Fault): Promise<void> {
  const execPath = fault.path();
  writeFileSync(execPath, `#!/bin/sh\n${fault.way === "exit" ? "exit 7" : "kill -9 $$"}\n`);
  chmodSync(execPath, 0o755);
  const child = new fault.ctx.Process({ target: never, args: [fault.doom], execPath });
  await child.start();
  await fault.strike(child);
}

async function importing(fault: Fault): Promise<void> {
  const target = mp.functionRef<() => void>(new URL("./fixtures/dies_on_import.ts", import.meta.url), "target");
  const child = new fault.ctx.Process({ target, env: { FAULT_DOOM: JSON.stringify(fault.doom) } });
  await child.start();
  await fault.strike(child);
}

/** What it was given works on, but for the end of a pipe that it alone had. */
async function decoding(fault: Fault): Promise<void> {
  const queue = new mp.Queue<number>();
  const [mine, its] = mp.Pipe();
  await mine.send("unread");
  const child = await fault.start(never, queue, its, new Bomb(fault.doom, "decoded"));
  its.close();
  await fault.strike(child);
  await assert.rejects(mine.recv(), mp.EOFError);
  await queue.put(1);
  assert.equal(await queue.get(), 1);
}

/** An exception is a failure of the import or the decoding then, whatever its class. */
export const boot: readonly Stage[] = [
  { name: "while start() is under way", only: outside, also: ["terminate"], run: terminatedBeforeItsStart },
  { name: "right after start()", only: outside, run: launched },
  { name: "while the module of its target is imported", not: ["SystemExit"], run: importing },
  { name: "while its arguments are decoded", not: ["SystemExit"], run: decoding },
];

/** Those that need a process. */
export const bootOfProcess: readonly Stage[] = [
  { name: "before its runtime connects", only: ["exit", "killItself"], also: ["killItself"], run: withoutConnecting },
];
