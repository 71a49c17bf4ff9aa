import assert from "node:assert/strict";
import { before, describe, test } from "node:test";
import type { Outcome } from "./fixtures/harness.ts";
import { runForJson } from "./run_program.ts";

const program = new URL("./fixtures/unfinished_program.ts", import.meta.url);
const resolver = new URL("./fixtures/resolve_program.ts", import.meta.url);

describe("a module whose evaluation has not ended", () => {
  let outcomes: Record<string, Outcome>;
  before(async () => {
    outcomes = await runForJson(program);
  });

  test("is found by its own functions also where it is not the program", async () => {
    const found = outcomes.foundByAModule?.reference as { name: string; module: string };
    assert.equal(found.name, "mine");
    assert.match(found.module, /finds_itself\.[jt]s$/);
    assert.deepEqual(await runForJson(resolver, JSON.stringify({ found })), { found: 3001 });
  });

  test("gives the same function when a reference to it comes back", () => {
    assert.equal(outcomes.cameBack?.reference, true);
  });

  test("does not keep functions that are sent in one turn from being found as exports", () => {
    const together = outcomes.together?.reference as { kind: string; name: string }[];
    assert.deepEqual(together.map(({ kind, name }) => `${kind} ${name}`), ["export increment", "export decrement", "export sent"]);
  });

  test("is searched once a function", () => {
    assert.equal(outcomes.sameTwice?.reference, true);
  });

  test("does not make a reference to it wait for ever", () => {
    const { reference, message } = outcomes.neverSent!;
    // Deno gives the module while it waits; on Bun and Node an import of it would never settle.
    if (message === undefined) assert.equal(reference, true);
    else {assert.match(
        message,
        /^Cannot find the export "neverSent" of .*: the module is the program itself, whose top level has not ended/,
      );}
  });

  test("does not lend the name of its export to a local function", async () => {
    const { reference, message } = outcomes.localOfTheSameName!;
    // Where exports can only be compared by name, the text tells the two apart before the first call.
    const refusal = message ?? (await runForJson<Record<string, string>>(resolver, JSON.stringify({ local: reference }))).local;
    assert.match(String(refusal), /it captures offset|the source of that export differs from the function that was sent/);
  });
});
