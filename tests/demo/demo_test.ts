/** `deno task demo`, run as a program: what it counts, what it refuses, how it ends. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, randomUUID } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import process from "node:process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { markedProcesses, markVariable } from "../support/processes.ts";
import { runProgram, startProgram } from "../support/run_program.ts";
import { type Files, longFiles, withFolder } from "./folders.ts";

const demo = new URL("../../scripts/demo.ts", import.meta.url);
const limit = { timeout: 120_000 };
/** Windows has no named pipes in folders. */
const hasPipes = process.platform !== "win32";
const latin1 = Uint8Array.of(0x63, 0x61, 0x66, 0xe9);
const texts: Record<string, string> = {
  "a.txt": "one two two\nthree three three\n",
  "b.TXT": "Three FOUR\nfour four Four",
  "sub/c.md": "# Title\n\nfive five five five five\n",
  "sub/empty": "",
};
const mixed: Files = { ...texts, "picture.bin": Uint8Array.of(137, 80, 0, 1), "old.txt": latin1 };

/** The same numbers, counted the plain way. */
function expectedFile([name, text]: [string, string]) {
  const lines = text.split("\n");
  return {
    path: path.normalize(name),
    bytes: text.length,
    lines: lines.length - (lines.at(-1) === "" ? 1 : 0),
    words: text.match(/[a-z]+/gi)?.length ?? 0,
    sha256: createHash("sha256").update(text).digest("hex"),
  };
}

for (const method of ["spawn", "thread"]) {
  test(
    `the demo counts every text file and tells what it left out, a named pipe too, for which it does not wait (${method})`,
    limit,
    async () => {
      await withFolder(mixed, async (folder) => {
        fs.symlinkSync("nowhere", path.join(folder, "broken"));
        if (hasPipes) execFileSync("mkfifo", [path.join(folder, "pipe")]);
        const { stdout, ...end } = await runProgram(demo, ["--json", "--processes", "2", "--method", method, folder]);
        assert.deepEqual(end, { code: 0, signal: null, stderr: "" });
        const result = JSON.parse(stdout);
        assert.deepEqual(result.files, Object.entries(texts).map(expectedFile));
        assert.deepEqual(result.topWords, [["five", 5], ["four", 4], ["three", 4], ["two", 2], ["one", 1], ["title", 1]]);
        assert.deepEqual(result.extensions, [
          { extension: ".txt", files: 2, bytes: 55, lines: 4, words: 11 },
          { extension: ".md", files: 1, bytes: 34, lines: 3, words: 6 },
          { extension: "", files: 1, bytes: 0, lines: 0, words: 0 },
        ]);
        assert.deepEqual(result.total, { files: 4, bytes: 89, lines: 7, words: 17 });
        assert.deepEqual(result.problems, [
          { path: "broken", kind: "unreadable", reason: "ENOENT" },
          { path: "old.txt", kind: "not text", reason: "not UTF-8" },
          { path: "picture.bin", kind: "not text", reason: "a NUL byte" },
          ...hasPipes ? [{ path: "pipe", kind: "unreadable", reason: "not a regular file" }] : [],
        ]);
        assert.equal(result.same, true, "the pool and one process find the same");
        assert.deepEqual([result.processes, result.method], [2, method]);
      });
    },
  );
}

test("the demo prints a table by extension, the words, the files, what it left out, and the speed-up", limit, async () => {
  await withFolder({ ...mixed, "evil\n\u001b[31m.txt": "x" }, async (folder) => {
    const { stdout, code, stderr } = await runProgram(demo, [folder, "--processes", "1"]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(stdout, /^Census of .*: 7 files, 1 process on (deno|bun|node) /);
    assert.match(stdout, /^First results after \d+\.\d\d s$/m);
    assert.match(stdout, /^\.txt +3 +56 +5 +12$/m);
    assert.match(stdout, /^total +5 +90 +8 +18$/m);
    assert.match(stdout, /^ *1\. +five +5$/m);
    assert.match(stdout, new RegExp(`^ *34 +3 +6 +${expectedFile(["", texts["sub/c.md"]!]).sha256} +sub.c\\.md$`, "m"));
    assert.match(stdout, /^Left out, not text: 2\n +old\.txt \(not UTF-8\)\n +picture\.bin \(a NUL byte\)$/m);
    assert.match(stdout, /^one process +\d+\.\d\d s/m);
    assert.match(stdout, /^speed-up +\d+\.\d\d x/m);
    assert.ok(stdout.includes("evil\\x0a\\x1b[31m.txt"), "control characters in names are shown, not sent to the terminal");
  });
});

test("a long list of files left out is shortened", limit, async () => {
  const many = Object.fromEntries(Array.from({ length: 25 }, (_, i) => [`binary_${i}`, Uint8Array.of(0)]));
  await withFolder(many, async (folder) => {
    const { stdout, code } = await runProgram(demo, [folder, "--method", "thread", "--processes", "1"]);
    assert.equal(code, 0);
    assert.match(stdout, /^Left out, not text: 25$/m);
    assert.equal(stdout.match(/binary_/g)!.length, 10);
    assert.match(stdout, /^ {2}and 15 more/m);
  });
});

test("an empty folder is a census of nothing", limit, async () => {
  await withFolder({}, async (folder) => {
    const { stdout, code, stderr } = await runProgram(demo, [folder]);
    assert.deepEqual({ code, stderr }, { code: 0, stderr: "" });
    assert.match(stdout, /^total +0 +0 +0 +0$/m);
  });
});

for (
  const [args, message] of [
    [["--color"], "demo: unknown option '--color' (options: --processes, --method, --runtime, --json, --help)\n"],
    [["/no/such/folder"], "demo: cannot count /no/such/folder: there is no such folder\n"],
    [[fileURLToPath(demo)], `demo: cannot count ${fileURLToPath(demo)}: it is not a folder\n`],
  ] as const
) {
  test(`the demo refuses ${path.basename(args[0])} with one line and exit code 2`, limit, async () => {
    assert.deepEqual(await runProgram(demo, [...args]), { code: 2, signal: null, stdout: "", stderr: message });
  });
}

test("a relative folder is one of the folder where the user called", limit, async () => {
  const args = ["sub", "--json", "--processes", "1", "--method", "thread"];
  await withFolder({ "sub/a.txt": "a" }, async (folder) => {
    const { stdout } = await runProgram(demo, args, { cwd: folder, env: { INIT_CWD: undefined } });
    assert.deepEqual(JSON.parse(stdout).files.map((file: { path: string }) => file.path), ["a.txt"]);
    const called = await runProgram(demo, args, { env: { INIT_CWD: folder } });
    assert.deepEqual(JSON.parse(called.stdout).files.map((file: { path: string }) => file.path), ["a.txt"]);
  });
});

test("--runtime runs the same program with the same arguments on the other runtime and ends as it does", limit, async () => {
  const [name, before] = process.versions.bun === undefined ? ["bun", []] : ["deno", ["run", "--allow-all"]];
  await withFolder(
    { [name]: '#!/bin/sh\n[ "$1" = --version ] && { echo 9.9.9; exit; }\nprintf "%s\\n" "$@"\nexit 7\n' },
    async (folder) => {
      fs.chmodSync(path.join(folder, name), 0o755);
      const args = ["--runtime", name, "--processes", "3", folder];
      const { stdout, ...end } = await runProgram(demo, args, { env: { PATH: `${folder}${path.delimiter}${process.env.PATH}` } });
      assert.deepEqual(end, { code: 7, signal: null, stderr: "" });
      assert.deepEqual(stdout.trimEnd().split("\n"), [...before, fileURLToPath(demo), ...args]);
    },
  );
});

const interrupted: [when: string, method: string, pattern: RegExp, files: number][] = [
  ["while processes work", "spawn", /First results/, 40],
  ["while threads work", "thread", /First results/, 40],
  ["while one process works", "spawn", /frequent words/, 20],
  ["before the first result", "spawn", /^Census of/, 20],
];

for (const [when, method, pattern, files] of interrupted) {
  test(`Ctrl-C ${when} ends the demo and leaves no process behind`, limit, async () => {
    await withFolder(longFiles(files), async (folder) => {
      const mark = randomUUID();
      const program = startProgram(demo, [folder, "--processes", "2", "--method", method], { env: { [markVariable]: mark } });
      await program.printed(pattern);
      program.signalGroup("SIGINT");
      const { stdout, ...end } = await program.ended;
      assert.deepEqual(end, { code: 130, signal: null, stderr: "" });
      assert.doesNotMatch(stdout, /speed-up/);
      assert.deepEqual(markedProcesses(mark), []);
    });
  });
}

leavesNothingBehind();
