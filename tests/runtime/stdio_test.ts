import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import test from "node:test";
import { once } from "../support/once.ts";
import { programCommand } from "./fixtures/program.ts";
import { fixture, startProcess, text } from "./fixtures/start.ts";

const DEADLOCK = { timeout: 60_000 };

interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

/** Runs the program that starts a unit; `wrap` is a shell around it. */
function run(unit: string, way: string, tail: string): Promise<Ran> {
  const [file, ...args] = programCommand(fixture("output_program"), [unit, way]);
  const quoted = [file!, ...args].map((word) => `'${word}'`).join(" ");
  const child = spawn("bash", ["-c", `set -o pipefail; ${quoted} ${tail}`], { stdio: ["ignore", "pipe", "pipe"] });
  const ran: Ran = { code: null, stdout: "", stderr: "" };
  child.stdout.on("data", (data) => ran.stdout += data);
  child.stderr.on("data", (data) => ran.stderr += data);
  return new Promise((resolve) => child.on("close", (code) => resolve({ ...ran, code })));
}

for (const unit of ["process", "thread"]) {
  for (const way of ["log", "error", "write", "end"]) {
    // The reader starts only when the writer is stuck: it sleeps in the shell, not in the test.
    test(`a megabyte by ${way} from a ${unit} arrives whole at a slow reader, though exit() follows at once`, DEADLOCK, async () => {
      const ran = await run(unit, way, "2>&1 | (sleep 0.2; cat)");
      assert.equal(ran.code, 3, ran.stderr);
      assert.equal(ran.stdout.length, 1_000_000);
    });
  }

  const lines = once(async () => (await run(unit, "order", "| (sleep 0.1; cat)")).stdout.trimEnd().split("\n"));

  test(`console and stdout keep their order in a ${unit}`, DEADLOCK, async () => {
    assert.deepEqual((await lines()).slice(0, -1).map((line) => Number(line)), Array.from({ length: 10_000 }, (_, i) => i));
  });

  test(`console formats as usual in a ${unit}`, DEADLOCK, async () => {
    assert.equal((await lines()).at(-1), "a b 5 c");
  });

  test(`a reader that goes away changes nothing for a ${unit}`, DEADLOCK, async () => {
    for (const way of ["log", "write"]) {
      const ran = await run(unit, way, "| head -c 10; echo ${PIPESTATUS[0]}");
      assert.match(ran.stdout, /^x{10}3\n$/, ran.stderr);
    }
  });
}

test("writeError() has written when it returns", DEADLOCK, async () => {
  const child = await startProcess("writeError");
  assert.deepEqual(await child.exited, { exitcode: -9 });
  assert.equal(await text(child.stderr), "said at once");
});
