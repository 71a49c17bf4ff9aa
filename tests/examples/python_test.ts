/** The example in docs/examples/python: a Python program with the models, and a TypeScript program that uses them. */
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import process from "node:process";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { python, pythonMissing } from "../support/python.ts";
import { moduleSuffix, runProgram } from "../support/run_program.ts";

const folder = new URL("../../docs/examples/python/", import.meta.url);

test("models_in_use prints what the model of models.py says", { timeout: 90_000, skip: pythonMissing }, async () => {
  const env = { MODELS_KEY: "a secret", MODELS_PORT: "0" };
  const models = spawn(python, [fileURLToPath(new URL("models.py", folder))], {
    env: { ...process.env, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => models.once("exit", resolve));
  try {
    const line = await new Promise<string>((resolve, reject) => {
      createInterface({ input: models.stdout }).once("line", resolve).once("close", () => reject(new Error("models.py printed nothing")));
    });
    const MODELS_PORT = /port (\d+)$/.exec(line)?.[1];
    const result = await runProgram(new URL(`models_in_use${moduleSuffix}`, folder), [], { env: { ...env, MODELS_PORT } });
    const stdout = "i love you 2\nbad weather and good tea 0\ni hate to wait -2\n";
    assert.deepEqual(result, { code: 0, signal: null, stdout, stderr: "" });
  } finally {
    models.kill();
    await ended;
  }
});

leavesNothingBehind();
