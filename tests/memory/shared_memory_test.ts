/** `SharedMemory` in one unit. Rows: python-behaviour.md 1.12 and 2.13. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { inspect } from "node:util";
import * as mp from "@fenshen/multiprocessing";
import { SharedMemory, type SharedMemoryOptions } from "@fenshen/multiprocessing/shared_memory";

function made(size: number, options: SharedMemoryOptions = {}): SharedMemory & Disposable {
  const memory = new SharedMemory({ create: true, size, ...options });
  return Object.assign(memory, {
    [Symbol.dispose]() {
      memory.close();
      memory.unlink();
    },
  });
}

const withCode = (code: string) => (error: unknown) => (error as { code?: unknown }).code === code;

test("a second handle sees what the first writes, and has its size whatever it asks for [test_shared_memory_basics]", () => {
  const memory = made(512);
  const other = new SharedMemory({ name: memory.name, size: 2 });
  memory.buf[511] = 42;
  assert.equal(other.buf[511], 42);
  assert.deepEqual([other.size, memory.size, other.buf.length], [512, 512, 512]);
  assert.equal(memory.buf, memory.buf);
  assert.equal(inspect(memory), `SharedMemory('${memory.name}', size=512)`);
  assert.match(memory.name, /^psm_[0-9a-f]{8}$/);
  other.close();
  memory[Symbol.dispose]();
});

test("new memory is all zero", () => {
  const memory = made(100_000);
  assert.ok(memory.buf.every((byte) => byte === 0));
  memory[Symbol.dispose]();
});

test("disposing of shared memory closes it, at once or with a promise", async () => {
  for (const symbol of [Symbol.dispose, Symbol.asyncDispose] as const) {
    const memory = made(8);
    const { name } = memory;
    const other = new SharedMemory({ name });
    await other[symbol]();
    assert.equal(other.isOpen, false);
    await other[symbol]();
    memory[Symbol.dispose]();
  }
});

test("a name may begin with a slash, which does not count", () => {
  const name = `test_${mp.currentProcess().pid}_slash`;
  const memory = made(8, { name: `/${name}` });
  assert.equal(memory.name, name);
  new SharedMemory({ name }).close();
  memory[Symbol.dispose]();
});

test("a name that is taken, is not there, or was removed twice is told by a code [test_shared_memory_basics]", () => {
  const memory = made(8);
  assert.throws(() => new SharedMemory({ create: true, size: 8, name: memory.name }), withCode("EEXIST"));
  memory.close();
  memory.unlink();
  assert.throws(() => memory.unlink(), withCode("ENOENT"));
  assert.throws(
    () => new SharedMemory({ name: memory.name }),
    /Cannot attach shared memory: there is no segment of that name, received "psm_/,
  );
});

test("a size below 1, a missing one and a missing name are refused [test_invalid_shared_memory_creation]", () => {
  for (const size of [-1, 0, 1.5, NaN]) {
    assert.throws(
      () => new SharedMemory({ create: true, size }),
      new RangeError(`Cannot create shared memory: size must be a number of bytes from 1 on, received ${size}`),
    );
  }
  assert.throws(() => new SharedMemory({ create: true }), /received none$/);
  assert.throws(() => new SharedMemory({}), /Cannot attach shared memory: it takes a name, received none/);
  assert.throws(() => new SharedMemory(undefined as never), /options must be an object, received undefined/);
});

test("a name that no file can have is refused [test_shared_memory_name_with_embedded_null]", () => {
  for (const name of ["", "/", "..", "a\0b", "a/b", "a\ud800", "x".repeat(300), 5 as never]) {
    assert.throws(() => new SharedMemory({ name }), TypeError);
    assert.throws(() => new SharedMemory({ name, create: true, size: 8 }), TypeError);
  }
});

test("memory that the system does not have is an error, and leaves no segment", () => {
  const name = `test_${mp.currentProcess().pid}_large`;
  assert.throws(() => new SharedMemory({ create: true, size: 2 ** 46, name }), withCode("ENOSPC"));
  assert.throws(() => new SharedMemory({ name }), withCode("ENOENT"));
});

test("a closed handle refuses its memory, and keeps its name and size", () => {
  const memory = made(16);
  const { name } = memory;
  memory.close();
  memory.close();
  assert.throws(() => memory.buf, (error) => error instanceof mp.ClosedError);
  assert.deepEqual([memory.name, memory.size, memory.isOpen], [name, 16, false]);
  memory.unlink();
});

test("a view that is kept past close() is cut off from the segment, and harms nobody", () => {
  const memory = made(8192);
  const other = new SharedMemory({ name: memory.name });
  const kept = new Int32Array(other.buf.buffer);
  kept.fill(5);
  other.close();
  assert.deepEqual([kept[0], kept[2047]], [0, 0]);
  kept.fill(6);
  assert.equal(Atomics.add(kept, 0, 1), 6);
  assert.equal(new Int32Array(memory.buf.buffer)[0], 5);
  memory[Symbol.dispose]();
});

test("memory that is unlinked stays with those who have it", () => {
  const memory = made(8);
  const other = new SharedMemory({ name: memory.name });
  memory.unlink();
  other.buf[0] = 1;
  assert.equal(memory.buf[0], 1);
  other.close();
  memory.close();
});

test("many segments may be made and closed: nothing runs out", () => {
  for (let i = 0; i < 2000; i++) made(4096)[Symbol.dispose]();
});
