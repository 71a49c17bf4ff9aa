/** The same memory in CPython and here, in both directions. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import process from "node:process";
import { test } from "node:test";
import { ShareableList, SharedMemory } from "@fenshen/multiprocessing/shared_memory";

const LIMIT = { timeout: 60_000 };
const versions = ["3.8", "3.9", "3.10", "3.11", "3.12", "3.13"];

/** The executable of a version: on the PATH, or among those that pyenv has installed; `null` where there is none. */
function executable(version: string): string | null {
  const folder = path.join(process.env.PYENV_ROOT ?? path.join(os.homedir(), ".pyenv"), "versions");
  const installed = fs.existsSync(folder) ? fs.readdirSync(folder).filter((name) => name.startsWith(`${version}.`)) : [];
  const candidates = [`python${version}`, ...installed.map((name) => path.join(folder, name, "bin", "python3"))];
  return candidates.find((file) => spawnSync(file, ["-c", "import _posixshmem"]).status === 0) ?? null;
}

/** Runs lines of Python with `name` in them, and answers what they print. What it attaches it leaves alone: before 3.13 its tracker would not. */
function run(file: string, lines: string[], name = ""): string {
  const program = [
    "import sys",
    "from multiprocessing import resource_tracker",
    "from multiprocessing.shared_memory import SharedMemory, ShareableList",
    "name = sys.argv[1]",
    "def leave(shm): resource_tracker.unregister(shm._name, 'shared_memory')",
    ...lines,
  ];
  const { status, stdout, stderr } = spawnSync(file, ["-c", program.join("\n"), name], { encoding: "utf8" });
  assert.deepEqual([status, stderr], [0, ""]);
  return stdout.trim();
}

for (const version of versions) {
  const file = executable(version);
  const options = { ...LIMIT, skip: file === null && `there is no python${version} here` };
  const forLists = {
    ...LIMIT,
    skip: options.skip || version === "3.8" && "Python 3.8 stores the lengths of slots, later versions their offsets",
  };
  const python = (lines: string[], name?: string) => run(file!, lines, name);

  test(`Python ${version} attaches our memory, and we see what it writes`, options, () => {
    const memory = new SharedMemory({ create: true, size: 100 });
    memory.buf[99] = 9;
    const lines = ["shm = SharedMemory(name)", "print(shm.size, shm.buf[99])", "shm.buf[0] = 200", "shm.close()", "leave(shm)"];
    assert.equal(python(lines, memory.name), "100 9");
    assert.equal(memory.buf[0], 200);
    memory.close();
    memory.unlink();
  });

  test(`we attach the memory of Python ${version}, and unlink it`, options, () => {
    const lines = [
      "shm = SharedMemory(create=True, size=64)",
      "shm.buf[:3] = bytes([1, 2, 3])",
      "print(shm.name)",
      "shm.close()",
      "leave(shm)",
    ];
    const memory = new SharedMemory({ name: python(lines) });
    assert.deepEqual([memory.size, ...memory.buf.subarray(0, 4)], [64, 1, 2, 3, 0]);
    memory.close();
    memory.unlink();
    const gone = ["try: SharedMemory(name)", "except FileNotFoundError: print('gone')"];
    assert.equal(python(gone, memory.name), "gone");
  });

  test(`Python ${version} reads and changes our ShareableList`, forLists, () => {
    const list = new ShareableList(["howdy", Uint8Array.of(1, 2), -1.5, 100, null, true, "ünï", 2n ** 62n]);
    const lines = [
      "l = ShareableList(name=name)",
      "print(list(l), l.format)",
      "l[0] = 'hi'; l[3] = 2.5; l[4] = False; l[5] = None; l[7] = -5",
      "l.shm.close()",
      "leave(l.shm)",
    ];
    assert.equal(
      python(lines, list.shm.name),
      "['howdy', b'\\x01\\x02', -1.5, 100, None, True, 'ünï', 4611686018427387904] 8s8sdqxxxxxx?xxxxxxxx?8sq",
    );
    assert.deepEqual([...list], ["hi", Uint8Array.of(1, 2), -1.5, 2.5, false, null, "ünï", -5]);
    list.shm.close();
    list.shm.unlink();
  });

  test(`we read and change a ShareableList of Python ${version}`, forLists, () => {
    const lines = ["l = ShareableList(['a' * 8, b'xyz', 1.0, 7, None, False])", "print(l.shm.name)", "l.shm.close()", "leave(l.shm)"];
    const list = new ShareableList(null, { name: python(lines) });
    assert.deepEqual([...list], ["aaaaaaaa", new TextEncoder().encode("xyz"), 1, 7, null, false]);
    assert.equal(list.format, "16s8sdqxxxxxx?xxxxxxxx?");
    list.set(0, "ä");
    list.set(2, 3);
    list.set(3, true);
    const look = ["l = ShareableList(name=name)", "print(list(l))", "l.shm.close()", "leave(l.shm)"];
    assert.equal(python(look, list.shm.name), "['ä', b'xyz', 3.0, True, None, False]");
    list.shm.close();
    list.shm.unlink();
  });
}
