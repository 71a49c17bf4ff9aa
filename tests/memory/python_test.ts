/** The same memory in CPython and here, in both directions. */
import assert from "node:assert/strict";
import process from "node:process";
import { after, describe, it } from "node:test";
import { ShareableList, SharedMemory } from "@fenshen/multiprocessing/shared_memory";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { PYTHON_VERSIONS, PythonPeer, pythonVersionMissing } from "../support/pythons.ts";

const PEER = new URL("./fixtures/python_peer.py", import.meta.url);
const LIMIT = { timeout: 60_000 };

for (const version of PYTHON_VERSIONS) {
  describe(`Python ${version}`, () => {
    const options = { ...LIMIT, skip: process.platform === "win32" ? "Windows has no POSIX shared memory" : pythonVersionMissing(version) };
    const forLists = {
      ...LIMIT,
      skip: options.skip || version === "3.8" && "Python 3.8 stores the lengths of slots, later versions their offsets",
    };
    const peer = new PythonPeer(version, PEER);
    after(() => peer.end());

    /** Runs lines of Python with `name` in them, and answers what they print. */
    const python = async (lines: string[], name = "") => JSON.parse(await peer.run({ lines, name }, (running) => running.line())) as string;

    it("attaches our memory, and we see what it writes", options, async () => {
      const memory = new SharedMemory({ create: true, size: 100 });
      memory.buf[99] = 9;
      const lines = ["shm = SharedMemory(name)", "print(shm.size, shm.buf[99])", "shm.buf[0] = 200", "shm.close()", "leave(shm)"];
      assert.equal(await python(lines, memory.name), "100 9");
      assert.equal(memory.buf[0], 200);
      memory.close();
      memory.unlink();
    });

    it("makes memory that we attach, and unlink", options, async () => {
      const lines = [
        "shm = SharedMemory(create=True, size=64)",
        "shm.buf[:3] = bytes([1, 2, 3])",
        "print(shm.name)",
        "shm.close()",
        "leave(shm)",
      ];
      const memory = new SharedMemory({ name: await python(lines) });
      assert.deepEqual([memory.size, ...memory.buf.subarray(0, 4)], [64, 1, 2, 3, 0]);
      memory.close();
      memory.unlink();
      const gone = ["try: SharedMemory(name)", "except FileNotFoundError: print('gone')"];
      assert.equal(await python(gone, memory.name), "gone");
    });

    it("reads and changes our ShareableList", forLists, async () => {
      const list = new ShareableList(["howdy", Uint8Array.of(1, 2), -1.5, 100, null, true, "ünï", 2n ** 62n]);
      const lines = [
        "l = ShareableList(name=name)",
        "print(list(l), l.format)",
        "l[0] = 'hi'; l[3] = 2.5; l[4] = False; l[5] = None; l[7] = -5",
        "l.shm.close()",
        "leave(l.shm)",
      ];
      assert.equal(
        await python(lines, list.shm.name),
        "['howdy', b'\\x01\\x02', -1.5, 100, None, True, 'ünï', 4611686018427387904] 8s8sdqxxxxxx?xxxxxxxx?8sq",
      );
      assert.deepEqual([...list], ["hi", Uint8Array.of(1, 2), -1.5, 2.5, false, null, "ünï", -5]);
      list.shm.close();
      list.shm.unlink();
    });

    it("makes a ShareableList that we read and change", forLists, async () => {
      const lines = ["l = ShareableList(['a' * 8, b'xyz', 1.0, 7, None, False])", "print(l.shm.name)", "l.shm.close()", "leave(l.shm)"];
      const list = new ShareableList(null, { name: await python(lines) });
      assert.deepEqual([...list], ["aaaaaaaa", new TextEncoder().encode("xyz"), 1, 7, null, false]);
      assert.equal(list.format, "16s8sdqxxxxxx?xxxxxxxx?");
      list.set(0, "ä");
      list.set(2, 3);
      list.set(3, true);
      const look = ["l = ShareableList(name=name)", "print(list(l))", "l.shm.close()", "leave(l.shm)"];
      assert.equal(await python(look, list.shm.name), "['ä', b'xyz', 3.0, True, None, False]");
      list.shm.close();
      list.shm.unlink();
    });

    it("has nothing to say of it all at its end, and no memory to unlink", options, async () => {
      assert.equal(await peer.end(), "");
    });
  });
}

leavesNothingBehind();
