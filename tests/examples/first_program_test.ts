/** The first program of the README runs, and is the one that stands there. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { moduleSuffix, runProgram } from "../support/run_program.ts";

const program = new URL(`../../docs/examples/first_program${moduleSuffix}`, import.meta.url);

test("the first program prints the squares", { timeout: 90_000 }, async () => {
  const { stdout, ...end } = await runProgram(program);
  assert.deepEqual(end, { code: 0, signal: null, stderr: "" });
  assert.deepEqual(stdout.match(/\d+/g), ["1", "4", "9", "16"]);
});

test(
  "the README shows the first program as it is",
  { skip: moduleSuffix === ".ts" ? false : "its types are removed where this runs" },
  () => {
    const readme = fs.readFileSync(new URL("../../README.md", import.meta.url), "utf8");
    assert.ok(readme.includes(`\`\`\`ts\n${fs.readFileSync(program, "utf8")}\`\`\``));
  },
);

leavesNothingBehind();
