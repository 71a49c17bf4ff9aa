import assert from "node:assert/strict";
import fs from "node:fs";
import process from "node:process";
import { test } from "node:test";
import { SharedMemory } from "@fenshen/multiprocessing/shared_memory";
import { Segments } from "../../src/managers/segments.ts";
import { leavesNothingBehind } from "../support/leftovers.ts";

const elsewhere = process.platform === "linux" ? false : "shared memory is a folder of files on Linux only";

test("a name that a client has unlinked is passed over", () => {
  const segments = new Segments();
  const name = segments.create(16);
  const client = new SharedMemory({ name });
  client.close();
  client.unlink();
  segments.unlink();
});

test("a name that cannot be removed is told of when all others have been", { skip: elsewhere }, () => {
  const segments = new Segments();
  const [first, second] = [segments.create(16), segments.createList([1, 2])];
  fs.rmSync(`/dev/shm/${first}`);
  fs.mkdirSync(`/dev/shm/${first}`);
  try {
    assert.throws(() => segments.unlink(), (error) => (error as { code?: unknown }).code !== "ENOENT");
    assert.throws(() => new SharedMemory({ name: second }), { code: "ENOENT" });
  } finally {
    fs.rmdirSync(`/dev/shm/${first}`);
  }
});

leavesNothingBehind();
