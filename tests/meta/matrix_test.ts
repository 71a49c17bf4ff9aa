import assert from "node:assert/strict";
import { test } from "node:test";
import { costly, filesFor, nodes, sharing } from "../../scripts/lib/matrix.ts";
import { filesBelow } from "../../scripts/lib/project.ts";

// The files as they are named in the repository, also where they are laid out as JavaScript.
const files = filesBelow("tests").map((file) => file.replace(/\.js$/, ".ts")).filter((file) => file.endsWith("_test.ts"));
const onNodes = nodes.map((name) => filesFor(name, files));
const shares = sharing.map((name) => filesFor(name, files));
const named = (text: string) => files.filter((file) => file.includes(text));

const isBattery = (file: string) => /_(spawn|forkserver|thread)_test\.ts$/.test(file);

test("Deno and Bun run every test file, Node 24 every one that is not costly", () => {
  for (const name of ["deno", "bun"]) assert.deepEqual(filesFor(name, files), files);
  const all = filesFor("node@24", files);
  assert.deepEqual(files.filter((file) => !all.includes(file) && !costly.includes(file)), []);
});

test("each costly file is there, and runs on one version of Node", () => {
  for (const file of costly) {
    assert.ok(files.includes(file), file);
    assert.equal(onNodes.filter((own) => own.includes(file)).length, 1, file);
  }
});

test("each battery runs on one of the versions of Node that share, besides Node 24", () => {
  for (const file of files.filter(isBattery)) {
    assert.equal(shares.filter((share) => share.includes(file)).length, 1, file);
  }
});

test("every other file runs on the oldest of those and on one more, and what asks whether a runtime behaves on all", () => {
  for (const file of files.filter((file) => !isBattery(file) && !costly.includes(file))) {
    assert.ok(shares[0]!.includes(file), file);
    assert.equal(shares.filter((share) => share.includes(file)).length, file.startsWith("tests/runtime/") ? 3 : 2, file);
  }
});

test("each runtime that shares runs each class by one start method, and each start method", () => {
  for (const share of shares) {
    for (const name of ["pool/pool", "process/process", "managers/manager", "sharedctypes/shared", "faults/faults"]) {
      const here = named(`${name}_`).filter((file) => isBattery(file) && share.includes(file));
      assert.equal(here.length, 1, `${name}: ${here}`);
    }
    for (const method of ["spawn", "forkserver", "thread"]) assert.ok(share.some((file) => file.endsWith(`_${method}_test.ts`)), method);
  }
});
