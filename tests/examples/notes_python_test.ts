/** The examples in docs/examples/notes print what CPython prints for the same program, in fixtures/. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { pythonMissing, runPython } from "../support/python.ts";
import { moduleSuffix, runProgram } from "../support/run_program.ts";

const examples = new URL("../../docs/examples/notes/", import.meta.url);
const programs = new URL("./fixtures/", import.meta.url);

/** What is to be compared of the lines that a program printed. */
type Compared = (lines: string[]) => unknown;

const asPrinted: Compared = (lines) => lines;
const inAnyOrder: Compared = (lines) => [...lines].sort();

/** Process ids are replaced by what they are in the program: the process of which `hello bob <number>` comes. */
function withoutPids(lines: string[]): unknown {
  const owners = new Map(
    lines.map((line) => /^hello bob (\d+) from process (\d+)$/.exec(line)).filter((found) => found !== null)
      .map(([, number, pid]) => [pid, number]),
  );
  return lines.map((line) => line.replace(/process (\d+)/, (_, pid: string) => `process of ${owners.get(pid)}`)).sort();
}

const compared: Record<string, Compared> = {
  // Ours says first that fork is refused.
  fork_and_what_to_use_instead: (lines) => lines.filter((line) => !line.startsWith("RangeError")),
  lock_keeps_printing_whole: inAnyOrder,
  pool_sync_beside_async: asPrinted,
  process_starts_a_thread: withoutPids,
  thread_puts_into_a_queue: asPrinted,
  threads_keep_their_own: asPrinted,
  threads_produce_and_consume: (lines) => [inAnyOrder(lines.slice(0, -1)), lines.at(-1)],
  threads_share_a_balance: asPrinted,
};

for (const [name, compare] of Object.entries(compared)) {
  test(`${name} prints what its Python program prints`, { timeout: 90_000, skip: pythonMissing }, async () => {
    const theirs = await runPython(new URL(`${name}.py`, programs));
    const ours = await runProgram(new URL(`${name}${moduleSuffix}`, examples));
    assert.deepEqual({ stderr: ours.stderr, code: ours.code }, { stderr: "", code: 0 });
    const linesOf = (text: string) => text.trimEnd().split("\n");
    assert.deepEqual(compare(linesOf(ours.stdout)), compare(linesOf(theirs)));
  });
}

leavesNothingBehind();
