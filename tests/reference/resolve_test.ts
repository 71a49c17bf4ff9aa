import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { SerializationError } from "../../src/base/errors.ts";
import { referenceOf, resolveReference } from "./fixtures/api.ts";
import { runtime } from "../../src/runtime/runtime.ts";

const jobs = new URL("./fixtures/jobs.ts", import.meta.url).href;

async function rejection(reference: unknown): Promise<Error> {
  try {
    await resolveReference(reference);
  } catch (error) {
    assert.ok(error instanceof SerializationError, String(error));
    return error;
  }
  throw new Error("nothing was refused");
}

const source = { kind: "source", form: "expression", text: "(n) => n + 1", name: "inc", globals: [] as string[] };

describe("resolveReference()", () => {
  test("imports a module and gives its export", async () => {
    const fn = await resolveReference({ kind: "export", module: jobs, name: "named" }) as (n: number) => number;
    assert.equal(fn(1), 101);
  });

  test("gives the same function each time, which has the reference it came by", async () => {
    for (const reference of [{ kind: "export", module: jobs, name: "constant" }, { kind: "global", path: "JSON.parse" }, source]) {
      const fn = await resolveReference(reference);
      assert.equal(await resolveReference({ ...reference }), fn);
      assert.deepEqual(await referenceOf(fn), reference);
    }
  });

  test("names a module that does not exist, and the export", async () => {
    const { message, cause } = await rejection({ kind: "export", module: "file:///no/such/module.js", name: "f" });
    assert.match(message, /^Cannot find the export "f" of file:\/\/\/no\/such\/module\.js: importing the module failed, received /);
    assert.ok(cause instanceof Error);
  });

  test("names an export that does not exist, and those that do", async () => {
    const { message } = await rejection({ kind: "export", module: jobs, name: "gone" });
    assert.match(message, /^Cannot find the export "gone" of file:.*: the module has no such export, received the exports .*named/);
  });

  test("does not take an inherited property for an export", async () => {
    assert.match((await rejection({ kind: "export", module: jobs, name: "toString" })).message, /no such export/);
  });

  test("refuses an export that is not a function", async () => {
    const { message } = await rejection({ kind: "export", module: jobs, name: "notAFunction" });
    assert.match(message, /^Cannot find the export "notAFunction" of file:.*: that export is not a function, received number$/);
  });

  test("names a global function that this runtime does not have", async () => {
    for (const path of ["Math.noSuchThing", "noSuchThing", "Math", "Math.PI.toFixed", "toString"]) {
      const { message } = await rejection({ kind: "global", path });
      assert.ok(message.startsWith(`Cannot find the global function ${path}: ${runtime.name} `), message);
    }
  });

  test("names a task that the module does not register", async () => {
    const { message } = await rejection({ kind: "task", module: jobs, key: "gone" });
    assert.match(message, /^Cannot find the task "gone" of file:.*: importing the module did not register it;/);
  });

  test("refuses an export whose text differs, on the same runtime only", async () => {
    const reference = { kind: "export", module: jobs, name: "renamed", text: "1-a-b", runtime: `${runtime.name} ${runtime.version}` };
    assert.match((await rejection(reference)).message, /"renamed" .*: the source of that export differs from the function that was sent/);
    assert.equal(typeof await resolveReference({ ...reference, runtime: "other 1.0" }), "function");
  });

  test("evaluates a source as strict code that sees nothing of this library", async () => {
    const text = "function f() { return [this, typeof reference, typeof form, typeof runtime]; }";
    const fn = await resolveReference({ ...source, text }) as () => unknown[];
    assert.deepEqual(fn(), [undefined, "undefined", "undefined", "undefined"]);
  });

  test("gives a function from source its name", async () => {
    assert.equal((await resolveReference(source)).name, "inc");
  });

  test("keeps a static name of a class", async () => {
    const fn = await resolveReference({ ...source, text: "class A { static name = 'own' }", name: "A" });
    assert.equal(fn.name, "own");
  });

  test("supplies the helper that esbuild and tsx call", async () => {
    const fn = await resolveReference({ ...source, text: "() => { const f = __name(() => 7, 'f'); return f(); }" }) as () => number;
    assert.equal(fn(), 7);
  });

  test("names a global that this runtime lacks", async () => {
    const { message } = await rejection({ ...source, text: "() => Deno || Bun", globals: ["NoSuchGlobal", "URL"] });
    assert.match(message, /^Cannot make the function inc here: it uses a global that \w+ [\d.]+ does not have, received NoSuchGlobal$/);
  });

  test("refuses a source that does not parse", async () => {
    assert.match(
      (await rejection({ ...source, text: "(n) => {" })).message,
      /^Cannot make the function inc here: evaluating its source failed/,
    );
  });

  const malformed: unknown[] = [
    null,
    undefined,
    7,
    "export",
    [],
    {},
    { kind: "other" },
    { kind: "export", module: jobs },
    { kind: "export", module: "./relative.ts", name: "f" },
    { kind: "export", module: jobs, name: "named", text: 1 },
    { kind: "task", module: jobs, key: 1 },
    { kind: "task", module: 7, key: "k" },
    { ...source, form: "script" },
    { ...source, text: {} },
    { ...source, globals: "URL" },
    { ...source, globals: [1] },
  ];
  for (const value of malformed) {
    test(`refuses ${JSON.stringify(value)} as no reference`, async () => {
      assert.match((await rejection(value)).message, /^Cannot decode a function: this is no reference to one, received /);
    });
  }
});
