import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Outcome } from "./fixtures/harness.ts";
import { runForJson } from "./run_program.ts";

const program = new URL("./fixtures/references_program.ts", import.meta.url);
const resolver = new URL("./fixtures/resolve_program.ts", import.meta.url);

/** What each function of the program gives for 1, and what it is referred to as. */
const expected: Record<string, [result: unknown, kind: string, what: string]> = {
  own: [1001, "export", "own"],
  ownArrow: [1101, "export", "ownArrow"],
  ownRenamed: [1201, "export", "ownRenamed"],
  ownDefault: [1301, "export", "default"],
  ownClass: [100, "export", "Shape"],
  named: [101, "export", "named"],
  renamedOnImport: [101, "export", "named"],
  renamedOnExport: [201, "export", "renamed"],
  defaultExport: [301, "export", "default"],
  constant: [401, "export", "constant"],
  reexported: [101, "export", "named"],
  throughNamespace: [401, "export", "constant"],
  generator: [[101], "export", "generator"],
  class: [100, "export", "Counter"],
  wrapped: [501, "export", "wrapped"],
  builtin: ["b.txt", "export", "basename"],
  global: [1, "global", "Number"],
  globalWithSource: [1, "global", "structuredClone"],
  replacement: [1101, "export", "replacement"],
  memberOfGlobal: [1, "global", "Math.sqrt"],
  console: [undefined, "global", "console.assert"],
  dynamic: [701, "export", "loadedLater"],
  box: [801, "export", "hidden"],
  task: [2001, "task", "hiddenTask"],
  anonymousTask: [2101, "task", "0"],
  secondAnonymousTask: [2201, "task", "1"],
  keyedTask: [2301, "task", "a key"],
  functionRef: [401, "export", "constant"],
  arrow: [2, "source", ""],
  asyncArrow: [3, "source", ""],
  functionExpression: [1, "source", "fact"],
  syncGenerator: [[1, 2], "source", ""],
  asyncGenerator: [[1, 3], "source", ""],
  method: [2, "source", "method"],
  asyncMethod: [3, "source", "asyncMethod"],
  computedMethod: [4, "source", "computed100"],
  staticMethod: [5, "source", "shape"],
  selfContainedClass: [1, "source", "Point"],
  viaWrapper: [1001, "export", "own"],
  afterAwait: [1401, "export", "secondOwn"],
  tail: [401, "export", "constant"],
  inThen: [4, "source", ""],
};

describe("a function that a program refers to while its top-level await runs", () => {
  let outcomes: Record<string, Outcome>;
  let results: Record<string, unknown>;

  before(async () => {
    outcomes = await runForJson(program);
    const references = Object.fromEntries(Object.keys(expected).map((label) => [label, outcomes[label]?.reference ?? null]));
    results = await runForJson(resolver, JSON.stringify(references));
  });

  for (const [label, [result, kind, what]] of Object.entries(expected)) {
    test(`${label}: is referred to as the ${kind} ${JSON.stringify(what)} and gives ${JSON.stringify(result)} in another program`, () => {
      assert.equal(outcomes[label]?.message, undefined);
      const reference = outcomes[label]?.reference as { kind: string; name?: string; key?: string; path?: string };
      assert.deepEqual([reference.kind, reference.path ?? reference.key ?? reference.name], [kind, what]);
      assert.deepEqual(results[label], result);
    });
  }

  test("a method that uses this is refused by name", () => {
    const { error, message } = outcomes.methodWithThis!;
    assert.equal(error, "SerializationError");
    assert.match(message!, /^Cannot send the function double: .* it captures this \(line 2\), received double\(n/);
    assert.match(message!, /\n {2}task\(import\.meta, double\)$/);
  });
});
