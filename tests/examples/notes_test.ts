/** The examples in docs/examples/notes print what they are there to show, and what CPython prints for the same program, in fixtures/. Each runs once, as a program of its own. */
import assert from "node:assert/strict";
import fs from "node:fs";
import { test } from "node:test";
import { leavesNothingBehind } from "../support/leftovers.ts";
import { pythonMissing, runPython } from "../support/python.ts";
import { moduleSuffix, runProgram } from "../support/run_program.ts";
import { compared } from "./compared.ts";

const folder = new URL("../../docs/examples/notes/", import.meta.url);
const programs = new URL("./fixtures/", import.meta.url);
const tested = new Set<string>();
const printed = new Map<string, Promise<string[]>>();

/** The lines of an example, which runs when they are first asked for. */
function linesOf(name: string): Promise<string[]> {
  const lines = printed.get(name) ?? run(name);
  printed.set(name, lines);
  return lines;
}

/** Runs an example that must end well and silently on stderr. */
async function run(name: string): Promise<string[]> {
  const { stderr, stdout, ...end } = await runProgram(new URL(`${name}${moduleSuffix}`, folder));
  assert.deepEqual({ stderr, ...end }, { stderr: "", code: 0, signal: null }, `${name} printed ${stdout}`);
  return stdout.trimEnd().split("\n");
}

/** A test of one example: the claim names what it shows. */
function example(name: string, claim: string, check: (lines: string[]) => void): void {
  tested.add(name);
  test(`${name}: ${claim}`, { timeout: 90_000 }, async () => check(await linesOf(name)));
  const compare = compared[name];
  if (compare === undefined) return;
  test(`${name} prints what its Python program prints`, { timeout: 90_000, skip: pythonMissing }, async () => {
    const theirs = await runPython(new URL(`${name}.py`, programs));
    assert.deepEqual(compare(await linesOf(name)), compare(theirs.trimEnd().split("\n")));
  });
}

/** The numbers in a line. */
const numbersIn = (line: string | undefined) => (line?.match(/\d+/g) ?? []).map(Number);
const sorted = (lines: Iterable<string>) => [...lines].sort();
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

example("process_run_and_join", "the child runs between start and join, in a process of its own", (lines) => {
  const [parent] = numbersIn(lines[0]);
  const [child, childsParent] = numbersIn(lines[2]);
  assert.deepEqual(lines, [
    `parent runs in process ${parent}`,
    "the child is about to start",
    `child test runs in process ${child}, started by ${parent}`,
    "the child has ended with exit code 0",
  ]);
  assert.equal(childsParent, parent);
  assert.notEqual(child, parent);
});

example("process_daemon_ends_with_its_parent", "the daemon never finishes", (lines) => {
  const [parent] = numbersIn(lines[0]);
  const [child] = numbersIn(lines[1]);
  assert.deepEqual(lines, [
    `MainProcess is process ${parent}`,
    `sub_proc is process ${child}, its parent is ${parent}`,
    "MainProcess is done",
  ]);
});

example("process_starts_a_thread", "each child greets once, then its thread speaks", (lines) => {
  const greetings = lines.filter((line) => line.startsWith("hello"));
  assert.deepEqual(sorted(greetings.map((line) => line.replace(/ from .*/, ""))), upTo(4).map((number) => `hello bob ${number}`));
  const pids = greetings.map((line) => numbersIn(line)[1]);
  assert.equal(new Set(pids).size, 4);
  for (const [index, pid] of pids.entries()) {
    const thread = lines.indexOf(`thread of process ${pid}, with an identifier of its own`);
    assert.ok(thread > lines.indexOf(greetings[index]!), `the thread of process ${pid} speaks after it`);
  }
  assert.equal(lines.length, 8);
});

example("queue_between_processes", "the parent gets what the child put", (lines) => {
  assert.deepEqual(lines, ['parent got [42,null,"hello"]']);
});

example("queue_one_queue_two_handles", "a property of the handle stays in its process, the item does not", (lines) => {
  assert.deepEqual(lines, [
    "child: the note on its handle is undefined",
    "child: the note on its handle is written by the child",
    "parent: the note on its handle is written by the parent",
    'parent: the queue holds [42,null,"hello"]',
  ]);
});

example("queue_in_a_global_is_not_shared", "the child's global is its own, an argument arrives", (lines) => {
  assert.deepEqual(lines, [
    "parent: the global queue is there",
    "child: the global queue is null",
    "parent: the queue is still empty",
    'parent: the queue holds [42,null,"hello"]',
  ]);
});

example("queue_of_the_queue_module_travels", "either queue can be passed, a WeakMap is refused", (lines) => {
  assert.deepEqual(lines, ["a queue of the module too: true", 'parent got [42,null,"hello"]', "a WeakMap is refused: true"]);
});

example("queue_two_producers", "both items arrive, in any order", (lines) => {
  assert.deepEqual(sorted(lines.slice(0, 2)), ['parent got ["i love you"]', "parent got [[1,2,3]]"]);
  assert.deepEqual(lines.slice(2), ["the main process is done"]);
});

example("pipe_two_messages", "messages arrive in order, then the end", (lines) => {
  assert.deepEqual(lines, [
    'parent got [42,null,"hello from child"]',
    'parent got [42,null,"hello again from child"]',
    "nothing more comes: true",
  ]);
});

example("pipe_between_children", "question, answer, end", (lines) => {
  assert.deepEqual(lines, ['the question is [1,2,"monkey"]', 'the answer is "knock knock"', "the main process is done"]);
});

example("lock_keeps_printing_whole", "ten whole lines, in any order", (lines) => {
  assert.deepEqual(sorted(lines), upTo(10).map((number) => `hello world ${number}`));
});

example("manager_shares_dict_and_list", "ten processes leave their pid in one dict and one list, and nothing gets lost", (lines) => {
  assert.equal(lines.length, 12);
  const list: number[] = JSON.parse(lines[11]!);
  const pids = list.slice(5);
  assert.deepEqual(list.slice(0, 5), upTo(5));
  assert.equal(new Set(pids).size, 10);
  const dict = new Map<number | string, number>(JSON.parse(lines[10]!));
  assert.equal(dict.get("visits"), 10);
  for (const pid of pids) assert.equal(dict.get(pid), pid);
  assert.equal(dict.size, 11);
  // Each saw its own pid, and a beginning of what the list became.
  for (const line of lines.slice(0, 10)) {
    const seen: number[] = JSON.parse(line);
    assert.deepEqual(seen, list.slice(0, seen.length));
    assert.ok(seen.length >= 6);
  }
});

example("pool_callback_runs_in_the_parent", "ten results are reported by the parent, worked out by at most five others", (lines) => {
  const [parent] = numbersIn(lines[0]);
  assert.equal(lines[0], `main process ${parent}`);
  assert.ok(lines.indexOf("all tasks are submitted") < lines.findIndex((line) => line.startsWith("-->")), "callbacks come later");
  assert.deepEqual(sorted(lines.filter((line) => line.startsWith("-->"))), upTo(10).map((i) => `--> done: ${100 + i} in ${parent}`));
  const workers = lines.filter((line) => line.startsWith("in process")).map((line) => numbersIn(line)[0]);
  assert.equal(workers.length, 10);
  assert.ok(new Set(workers).size <= 5 && !workers.includes(parent), `five workers at most, and not the parent: ${workers}`);
  assert.equal(lines.at(-1), "the pool has ended");
  assert.equal(lines.length, 23);
});

example("pool_apply_one_after_the_other", "the results come in the order of the calls", (lines) => {
  assert.deepEqual(lines, [...upTo(10).map((i) => String(i + 100)), "end"]);
});

example("pool_apply_and_apply_async", "what follows an awaited apply() starts after it", (lines) => {
  const starts = lines.slice(0, 4).map((line) => numbersIn(line)[0]!);
  assert.deepEqual([...starts].sort(), [1, 2, 3, 4]);
  assert.ok(starts.indexOf(2) < starts.indexOf(3) && starts.indexOf(2) < starts.indexOf(4), `2 starts before 3 and 4: ${starts}`);
  assert.match(lines[4]!, /^it took \d+\.\d\d s$/);
  assert.deepEqual(lines.slice(5), ["the main process is done"]);
});

example("pool_map_in_chunks", "a chunk is done by one worker in order, results keep the order of the input", (lines) => {
  const workers = new Map(lines.slice(0, 10).map((line) => numbersIn(line)).map(([x, pid]) => [x, pid]));
  assert.deepEqual([...workers.keys()].sort((a, b) => a! - b!), upTo(10).map((i) => i + 1));
  const order = [...workers.keys()];
  for (const first of [1, 3, 5, 7, 9]) {
    assert.equal(workers.get(first), workers.get(first + 1), `${first} and ${first + 1} are one chunk`);
    assert.ok(order.indexOf(first) < order.indexOf(first + 1), `${first} comes before ${first + 1}`);
  }
  assert.equal(lines[10], "1 4 9 16 25 36 49 64 81 100");
  assert.match(lines[11]!, /^it took/);
  assert.deepEqual(lines.slice(12), ["the main process is done"]);
});

example("pool_sync_beside_async", "apply() leaves one at work, applyAsync() takes all at once, results come in order", (lines) => {
  const numbers = upTo(6).map((i) => i + 1);
  assert.deepEqual(lines, [
    ...numbers.map((number) => `sync ${number}, alone: true`),
    "all are submitted",
    ...numbers.map((number) => `async ${number}`),
    "at work now: 0",
  ]);
});

example("fork_and_what_to_use_instead", "fork is refused, a child has a copy of its arguments", (lines) => {
  assert.match(lines[0]!, /^RangeError: Cannot use the start method "fork": .* use "spawn" and pass what the child needs in args$/);
  assert.deepEqual(lines.slice(1), ["child of the parent: true", "child has [1,2,3]", "parent still has [1,2]"]);
});

example("thread_puts_into_a_queue", "the main thread gets what the thread put", (lines) => {
  assert.deepEqual(lines, ['[42,null,"hello"]']);
});

example("threads_share_a_balance", "no payment is lost", (lines) => {
  assert.deepEqual(lines, ["the balance is 0"]);
});

example("threads_produce_and_consume", "every item is consumed once, then the loops end", (lines) => {
  const items = ["apple", "pear"].flatMap((name) => upTo(4).map((number) => `consumed ${name} ${number}`));
  assert.deepEqual(sorted(lines.slice(0, -1)), sorted(items));
  assert.equal(lines.at(-1), "everything is consumed");
});

example("threads_keep_their_own", "each thread finds its own attributes", (lines) => {
  assert.deepEqual(lines, [
    "thread red found nothing and has red",
    "thread blue found nothing and has blue",
    "MainThread still has white",
  ]);
});

test("every example of the notes is tested and listed, and every Python program compared", () => {
  const theirs = fs.readdirSync(programs).filter((name) => name.endsWith(".py")).map((name) => name.slice(0, -".py".length));
  assert.deepEqual(sorted(Object.keys(compared)), sorted(theirs));
  assert.deepEqual(theirs.filter((name) => !tested.has(name)), []);
  const files = fs.readdirSync(folder).filter((name) => name.endsWith(moduleSuffix)).map((name) => name.slice(0, -moduleSuffix.length));
  assert.deepEqual(sorted(files), sorted(tested));
  const list = fs.readFileSync(new URL("README.md", folder), "utf8");
  assert.deepEqual(files.filter((name) => !list.includes(`(${name}.ts)`)), []);
});

leavesNothingBehind();
