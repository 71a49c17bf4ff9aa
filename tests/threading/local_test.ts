/** `local`. Rows: python-behaviour.md 1.8 and the local rows of 2.11. */
import { test } from "node:test";
import assert from "node:assert/strict";
import * as mp from "@fenshen/multiprocessing";
import { local, Thread } from "@fenshen/multiprocessing/threading";
import { leavesNothingBehind } from "../support/leftovers.ts";
import * as work from "./fixtures/work.ts";

const LIMIT = { timeout: 60_000 };

test("local has attributes for each thread; passed along it arrives empty [test_threading_local]", LIMIT, async () => {
  const queue = new mp.Queue<unknown>();
  const mine = new local();
  mine.color = work.own.color = work.numbered.number = "of the main thread";
  const thread = new Thread({ target: work.useLocals, args: [queue, mine, mine] });
  await thread.start();
  await thread.join();
  assert.deepEqual(
    await queue.get(),
    [true, {}, {}, { number: 7 }],
    "a subclass at the top level of a module is made anew there [test_derived]",
  );
  assert.deepEqual([mine.color, work.own.color, work.numbered.number], Array(3).fill("of the main thread"));
});

test("local keeps what a thread has set for the next time it comes there, and is itself again when it comes back", LIMIT, async () => {
  for (const method of ["thread", "spawn"] as const) {
    const [here, there] = mp.Pipe();
    const p = new (mp.getContext(method).Process)({ target: work.keepLocal, args: [there] });
    await p.start();
    const mine = new local();
    mine.color = "red";
    await here.send(mine);
    const first = await here.recv() as unknown[];
    await here.send(mine);
    const second = await here.recv() as unknown[];
    await p.join();
    assert.deepEqual([first[0], second[0]], [null, "kept"], method);
    assert.equal(first[1], mine);
    assert.equal(second[1], mine);
    assert.equal(mine.color, "red");
    here.close();
  }
});

test("local takes no arguments, a subclass may [test_arguments]", () => {
  assert.throws(() => new local(...[1] as never[]), TypeError);
  assert.equal(new work.Numbered(3).number, 3);
});

test("an instance of a subclass of local is refused with what to do instead", LIMIT, async () => {
  const thread = new Thread({ target: work.echo, args: [new mp.Queue(), new work.Numbered(1)] });
  await assert.rejects(thread.start(), {
    name: "SerializationError",
    message: /Cannot send a Numbered: a subclass of local stays in its thread; make it at the top level of a module/,
  });
});

leavesNothingBehind(() => mp.activeChildren().map(String));
