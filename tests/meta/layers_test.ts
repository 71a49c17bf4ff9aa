import assert from "node:assert/strict";
import { test } from "node:test";
import { layerProblem, mayNameRuntime } from "../../scripts/lib/layers.ts";

test("an import may point to a lower layer and into its own folder", () => {
  assert.equal(layerProblem("src/pool/pool.ts", "src/queues/queue.ts"), null);
  assert.equal(layerProblem("src/pool/pool.ts", "src/pool/chunks.ts"), null);
  assert.equal(layerProblem("mod.ts", "src/context/context.ts"), null);
});

test("an import may not point up, to a sibling, to a face or into an unknown folder", () => {
  assert.match(layerProblem("src/queues/queue.ts", "src/pool/pool.ts")!, /^queues may not import pool: /);
  assert.match(layerProblem("src/sync/lock.ts", "src/process/process.ts")!, /^sync may not import process: /);
  assert.match(layerProblem("src/context/context.ts", "mod.ts")!, /^context may not import a face: /);
  assert.match(layerProblem("src/pool/pool.ts", "src/elsewhere/x.ts")!, /^src\/elsewhere is in no layer/);
});

test("only src/runtime may name a runtime; tests and scripts are not asked", () => {
  const files = ["src/runtime/deno/spawn.ts", "src/pool/pool.ts", "mod.ts", "tests/pool/pool_test.ts", "scripts/test.ts"];
  assert.deepEqual(files.map(mayNameRuntime), [true, false, false, true, true]);
});
