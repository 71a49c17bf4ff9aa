/** Programs that are one file, and their children. */
import { after, before, describe, it } from "node:test";
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import * as mp from "@fenshen/multiprocessing";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { isOnPath, noChildOn, ownRuntime } from "../support/on_path.ts";
import { once } from "../support/once.ts";
import { moduleSuffix, type ProgramOptions, runProgram } from "../support/run_program.ts";

const LIMIT = { timeout: 120_000 };
const esbuildFlags = ["--bundle", "--platform=node", "--target=node20", "--log-level=warning"];

/** How a program is made into one file. */
interface Build {
  title: string;
  tool: string;
  /** Why this runtime does not run it. */
  skip?: string | false;
  file: string;
  arguments(source: string, folder: string): string[];
  options?: ProgramOptions;
}

const builds: Build[] = [
  {
    title: "a bundle by esbuild",
    tool: "esbuild",
    file: "bundle.mjs",
    arguments: (source, folder) => [source, ...esbuildFlags, "--format=esm", `--outfile=${folder}/bundle.mjs`],
  },
  {
    title: "a minified bundle by esbuild in several files",
    tool: "esbuild",
    file: "program.mjs",
    arguments: (source, folder) => [
      `program=${source}`,
      ...esbuildFlags,
      ...["--format=esm", "--minify", "--splitting", `--outdir=${folder}`, "--out-extension:.js=.mjs"],
    ],
  },
  {
    title: "a bundle by bun build",
    tool: "bun",
    file: "bundle.mjs",
    arguments: (source, folder) => [
      ...["build", ownRuntime === "bun" ? "--target=bun" : "--target=node", source],
      `--outfile=${folder}/bundle.mjs`,
    ],
  },
  {
    title: "an executable by bun build --compile",
    tool: "bun",
    skip: ownRuntime !== "bun" && "the executable is Bun itself, so it is tested there",
    file: "program",
    arguments: (source, folder) => ["build", "--compile", source, `--outfile=${folder}/program`],
    options: { executable: true },
  },
  {
    title: "an executable by deno compile",
    tool: "deno",
    skip: "deno compile downloads its runtime, which the build machines cannot",
    file: "program",
    arguments: (source, folder) => ["compile", "-A", "--no-check", `--output=${folder}/program`, source],
    options: { executable: true },
  },
];

/** What a pool's worker finds: it is another unit, not the main program, and has every kind of function. */
const foundBy = (method: string) => ({
  other: method !== "thread",
  main: false,
  exported: [1, 4, 9],
  task: [3, 6, 9],
  module: [1, 8, 27],
  source: [2, 3, 4],
});
/** What it does besides: it has a child of its own, and uses a manager. */
const alsoDone = { nested: { same: true, name: "filler", main: false, code: 0 }, managed: [4] };

for (const build of builds) {
  const skip = build.skip || !isOnPath(build.tool) && `no ${build.tool} on PATH`;

  describe(build.title, { skip }, () => {
    let [folder, file] = ["", ""];
    const executable = build.options?.executable ?? false;
    const other = executable ? "node" : ownRuntime === "deno" ? "bun" : "deno";
    const noOther = executable ? false : noChildOn(other);
    // A child of the forkserver is launched as one of spawn is: one build is enough to see that it is, and that threads and another runtime lack nothing.
    const first = build === builds[0];
    const methods = mp.getAllStartMethods().filter((one) => one !== "forkserver" || first);
    const argumentOf = (method: string, runtime = "") =>
      `${method},${runtime},${first || `${method},${runtime}` === "spawn," ? "whole" : "briefly"}`;
    const expected = (argument: string) => {
      const [method, , extent] = argument.split(",");
      return { ...foundBy(method!), ...extent === "whole" ? alsoDone : {} };
    };

    /** Runs the program. @returns its lines */
    const run = async (args: string[], env: ProgramOptions["env"] = {}): Promise<string[]> => {
      const { code, stdout, stderr } = await runProgram(file, args, { cwd: folder, ...build.options, env });
      assert.equal(code, 0, stdout + stderr);
      return stdout.trimEnd().split("\n");
    };
    const onOther = argumentOf("spawn", other);
    const careless = once(() => run([], { CARELESS: "1" }));
    const results = once(async () => {
      const lines = await run([...methods.map((method) => argumentOf(method)), ...noOther ? [] : [onOther]]);
      return new Map<string, unknown>(lines.map((line) => JSON.parse(line)));
    });

    before(() => {
      // A folder without any packages.
      folder = fs.mkdtempSync(path.join(os.tmpdir(), "frozen-"));
      const source = fileURLToPath(new URL(`./programs/frozen${moduleSuffix}`, import.meta.url));
      execFileSync(build.tool, build.arguments(source, folder), { cwd: path.dirname(source), stdio: "pipe" });
      file = path.join(folder, build.file);
    });
    after(() => fs.rmSync(folder, { recursive: true, force: true }));

    for (const method of methods) {
      it(`has children that run it again (${method}), and finds exports of the entry and tasks in them`, LIMIT, async () => {
        assert.deepEqual((await results()).get(argumentOf(method)), expected(argumentOf(method)));
      });
    }

    if (executable) {
      it("refuses a child on another runtime", LIMIT, async () => {
        const refusal = /^ProcessError: Cannot start a process: a child of this executable is the same executable, received runtime/;
        assert.match(String((await results()).get(onOther)), refusal);
      });
    } else {
      it(`has children on ${other}`, { ...LIMIT, skip: noOther }, async () => {
        assert.deepEqual((await results()).get(onOther), expected(onOther));
      });
    }

    it("that does not call freezeSupport() is told so by start()", LIMIT, async () => {
      assert.deepEqual((await careless()).slice(0, 2), [
        `too early: ProcessError: Cannot start a child: this program is ${
          executable ? "an executable" : "a bundle"
        }, and its children run it again; its first line after the imports must be`,
        "  mp.freezeSupport();",
      ]);
    });

    it("whose top level is not guarded starts no children in its children", LIMIT, async () => {
      const lines = (await careless()).slice(2);
      assert.deepEqual(lines.filter((line) => !line.endsWith("BootstrapError")), ["at once: 0", "later: 0"]);
      assert.ok(lines.includes("at once: BootstrapError"));
    });
  });
}

describe("a bundle in CommonJS", { skip: !isOnPath("esbuild") && "no esbuild on PATH" }, () => {
  it("is told to be an ES module", LIMIT, async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "frozen-"));
    try {
      const source = fileURLToPath(new URL(`./programs/frozen_common${moduleSuffix}`, import.meta.url));
      const file = path.join(folder, "bundle.cjs");
      execFileSync("esbuild", [source, ...esbuildFlags, "--format=cjs", "--log-override:empty-import-meta=silent", `--outfile=${file}`], {
        stdio: "pipe",
      });
      const { stdout, stderr } = await runProgram(file, [], { cwd: folder });
      assert.match(stdout, /^ProcessError: Cannot support children in this bundle: it must be an ES module/, stderr);
    } finally {
      fs.rmSync(folder, { recursive: true, force: true });
    }
  });
});

describe("a program that is made of modules", () => {
  it("may call freezeSupport(), which does nothing", () => {
    assert.equal(mp.freezeSupport(), undefined);
    assert.equal(mp.getContext("spawn").freezeSupport(), undefined);
  });
});

leavesNothingBehind();
