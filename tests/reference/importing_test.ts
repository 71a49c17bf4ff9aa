import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bootstrapScope, importModule, runAsTarget } from "../../src/reference/importing.ts";
import { runtime } from "../../src/runtime/runtime.ts";

describe("bootstrapScope()", () => {
  test("is none in a program", () => assert.equal(bootstrapScope(), "none"));

  test("is target in what a target calls, awaits and schedules", async () => {
    const seen = await runAsTarget(async () => {
      const atOnce = bootstrapScope();
      await Promise.resolve();
      const later = bootstrapScope();
      const scheduled = await new Promise((resolve) => setImmediate(() => resolve(bootstrapScope())));
      return [atOnce, later, scheduled];
    });
    assert.deepEqual(seen, ["target", "target", "target"]);
    assert.equal(bootstrapScope(), "none");
  });

  test("is importing at a module's top level and in what that schedules, where an import carries it", async () => {
    const { atTopLevel, afterAwait, scheduled } = await importModule(new URL("./fixtures/scope_module.ts", import.meta.url).href);
    const expected = runtime.importCarriesScope ? "importing" : "none";
    assert.deepEqual([atTopLevel, afterAwait, await (scheduled as () => Promise<unknown>)()], [expected, expected, expected]);
  });
});
