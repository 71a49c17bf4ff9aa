/** Pipes between units of different runtimes. */
import { test } from "node:test";
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { boundProcess } from "../../src/context/process.ts";
import { runtime } from "../../src/runtime/runtime.ts";
import { Pipe } from "../../connection.ts";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { moduleSuffix } from "../support/run_program.ts";
import * as targets from "./fixtures/pipe_targets.ts";

const onPath = (name: string) => (process.env.PATH ?? "").split(path.delimiter).some((folder) => fs.existsSync(path.join(folder, name)));

const [major = 0, minor = 0] = (spawnSync("node", ["--version"], { encoding: "utf8" }).stdout ?? "").slice(1).split(".").map(Number);
const runsTypeScript = major > 22 || (major === 22 && minor >= 18);

for (const other of ["deno", "bun", "node"] as const) {
  const skip = other === runtime.name
    ? "this runtime itself"
    : other === "node" && moduleSuffix === ".ts" && !runsTypeScript
    ? "the node on PATH does not run TypeScript"
    : onPath(other)
    ? false
    : `no ${other} on PATH`;
  test(`a pipe leads to a child on ${other} and from there to one on this runtime`, { skip, timeout: 60_000 }, async () => {
    const Process = boundProcess("spawn", {});
    const [left, right] = Pipe();
    const reports = [Pipe(false), Pipe(false)] as const;
    const children = [
      new Process({ target: targets.pingPong, args: [left, 20, true, reports[0][1]] }),
      new Process({ target: targets.pingPong, args: [right, 20, false, reports[1][1]], runtime: other }),
    ];
    await Promise.all(children.map((child) => child.start()));
    for (const [reader] of reports) assert.equal(await reader.recv(), "here");
    assert.deepEqual(await Promise.all(reports.map(([reader]) => reader.recv())), [39, 38]);
    assert.deepEqual(await Promise.all(children.map((child) => child.join())), [0, 0]);
  });
}

leavesNothingBehind();
