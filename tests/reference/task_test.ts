import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { functionRef } from "../../src/reference/function_ref.ts";
import { referenceOf, resolveReference } from "./fixtures/api.ts";
import { task } from "../../src/reference/task.ts";
import type * as jobs from "./fixtures/jobs.ts";

/** Stands for the `import.meta` of a module of that name. */
function metaOf(name: string): ImportMeta {
  return { url: `file:///tests/${name}.ts` } as ImportMeta;
}

function unnamed(): () => void {
  return [() => {}][0]!;
}

describe("task()", () => {
  test("gives the function back with its type, and makes it a task of its module", () => {
    const fn: (a: number, b: string) => boolean = task(metaOf("own-name"), function own(a: number, b: string) {
      return `${a}` === b;
    });
    assert.equal(fn(1, "1"), true);
    assert.deepEqual(referenceOf(fn), { kind: "task", module: "file:///tests/own-name.ts", key: "own" });
  });

  test("takes the given name, else the function's, else its number among the unnamed", () => {
    const meta = metaOf("keys");
    const keys = [task(meta, unnamed()), task(meta, () => {}, "given"), task(meta, function f() {}), task(meta, unnamed())]
      .map((fn) => (referenceOf(fn) as { key: string }).key);
    assert.deepEqual(keys, ["0", "given", "f", "1"]);
  });

  test("may be called again for the same function", () => {
    const meta = metaOf("again");
    const fn = unnamed();
    task(meta, fn);
    task(meta, fn);
    assert.deepEqual(referenceOf(fn), { kind: "task", module: meta.url, key: "0" });
  });

  test("refuses a key that another function of the module has", () => {
    const meta = metaOf("duplicate");
    task(meta, function twice() {});
    assert.throws(() => task(meta, function twice() {}), {
      name: "RangeError",
      message: 'Cannot register a task of file:///tests/duplicate.ts: another function of that module has its key, received "twice"\n' +
        'Give one of them a name of its own:\n  task(import.meta, twice, "another name")',
    });
  });

  test("lets a module that is evaluated again take its keys back", async () => {
    task(metaOf("hot"), function reloaded() {});
    const fresh = task(metaOf("hot"), function reloaded() {});
    assert.equal(await resolveReference({ kind: "task", module: "file:///tests/hot.ts", key: "reloaded" }), fresh);
  });

  test("refuses what is no import.meta, what is no function and a name that is no text", () => {
    assert.throws(() => [function one() {}].map(task.bind(null, metaOf("y")) as unknown as () => void), {
      name: "TypeError",
      message: /its name must be a text, received 0$/,
    });
    assert.throws(() => task({} as ImportMeta, () => {}), { name: "TypeError", message: /must be the module's import\.meta, received/ });
    assert.throws(() => task(undefined as unknown as ImportMeta, () => {}), { name: "TypeError" });
    assert.throws(() => task(metaOf("x"), 7 as unknown as () => void), {
      name: "TypeError",
      message: /must be a function or a class, received 7$/,
    });
  });

  test("takes a class", () => {
    const Counter = task(
      metaOf("class"),
      class Counter {
        count = 1;
      },
    );
    assert.equal(new Counter().count, 1);
  });
});

describe("functionRef()", () => {
  const module = new URL("./fixtures/jobs.ts", import.meta.url);

  test("refers to an export by its absolute URL, the default export where no name is given", () => {
    assert.deepEqual(referenceOf(functionRef(module, "named")), { kind: "export", module: module.href, name: "named" });
    assert.deepEqual(referenceOf(functionRef(module.href)), { kind: "export", module: module.href, name: "default" });
  });

  test("resolves a package from the calling module", () => {
    const reference = referenceOf(functionRef("acorn", "parse")) as { module: string };
    assert.match(reference.module, /acorn/);
    assert.ok(URL.canParse(reference.module));
    assert.deepEqual(referenceOf(functionRef("path", "basename")), { kind: "export", module: "node:path", name: "basename" });
  });

  test("imports the module and calls the export when it is called here", async () => {
    const named = functionRef<typeof jobs.named>(module, "named");
    assert.equal(named.name, "named");
    assert.equal(await named(1), 101);
  });

  test("rejects a call of an export that is not a function", async () => {
    const wrong = functionRef<() => Promise<void>>(module, "notAFunction");
    await assert.rejects(wrong(), { name: "SerializationError", message: /that export is not a function, received number$/ });
  });
});
