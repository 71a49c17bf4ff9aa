import assert from "node:assert/strict";
import { test } from "node:test";
import { Gate, OWNER } from "../../src/sync/gate.ts";

const bell = { heard: () => Promise.resolve(), ring() {} };
const now = { end: 0, signal: null };

/** Two gates of one word, as two threads have them whose marks are equal. */
function twins(): [Gate, Gate] {
  const gate = Gate.create("threads");
  const { shared } = gate.state as { shared: SharedArrayBuffer };
  const twin = Gate.revive({ shared: structuredClone(shared) });
  assert.notEqual(gate, twin);
  return [gate, twin];
}

test("a gate that is left after its served lock was freed stays shut for the next holder, though the marks of both are equal", () => {
  const [gate, next] = twins();
  assert.equal(gate.enter([1], bell, now), true);
  assert.equal(next.enter([1], bell, now), true);
  gate.leaveAll(bell);
  assert.equal(next.isTaken, true);
  next.leave(1, bell);
  assert.equal(gate.isTaken, false);
});

test("a gate that is held both ways may be left either way first, and opens at last", () => {
  for (const syncFirst of [true, false]) {
    const [gate] = twins();
    if (syncFirst) assert.equal(gate.enterSync([1], 0), true);
    assert.equal(gate.enter([1], bell, now), true);
    if (!syncFirst) assert.equal(gate.enterSync([1], 0), true);
    gate.leaveSync([1], bell);
    assert.ok(gate.words[OWNER]! < 0, "left as holder");
    gate.leaveAll(bell);
    assert.equal(gate.isTaken, false);
  }
});
