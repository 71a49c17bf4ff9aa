import assert from "node:assert/strict";
import { test } from "node:test";
import { inTurn, isFree } from "../../src/queues/put_line.ts";

/** A value whose encoding ends when the test says so. */
function slow(n: number) {
  let done = () => {};
  let fail = (_: unknown) => {};
  const value = new Promise<Uint8Array>((resolve, reject) => {
    done = () => resolve(Uint8Array.of(n));
    fail = reject;
  });
  return { value, done, fail };
}

function line(id: string) {
  const sent: number[] = [];
  const send = (bytes: Uint8Array) => Promise.resolve(sent.push(bytes[0]!));
  const put = (value: Uint8Array | Promise<Uint8Array>, signal?: AbortSignal) =>
    isFree(id) && value instanceof Uint8Array ? send(value) : inTurn(id, value, signal, send);
  return { sent, put };
}

test("an encoded value is sent in the very call", () => {
  const { sent, put } = line("a");
  void put(Uint8Array.of(1));
  assert.deepEqual(sent, [1]);
});

test("values are sent in the order of the calls, whichever is encoded first", async () => {
  const { sent, put } = line("b");
  const [one, three] = [slow(1), slow(3)];
  const all = [put(one.value), put(Uint8Array.of(2)), put(three.value), put(Uint8Array.of(4))];
  three.done();
  await three.value;
  assert.deepEqual(sent, []);
  one.done();
  await Promise.all(all);
  assert.deepEqual(sent, [1, 2, 3, 4]);
  void put(Uint8Array.of(5));
  assert.deepEqual(sent, [1, 2, 3, 4, 5], "the line is empty again");
});

test("a value that cannot be encoded holds up nobody", async () => {
  const { sent, put } = line("c");
  const one = slow(1);
  const first = put(one.value);
  const second = put(Uint8Array.of(2));
  one.fail(new TypeError("no"));
  await assert.rejects(first, TypeError);
  await second;
  assert.deepEqual(sent, [2]);
});

test("a put that is aborted in the line does not let those behind it pass those before it", async () => {
  const { sent, put } = line("d");
  const one = slow(1);
  const abort = new AbortController();
  const first = put(one.value);
  const second = put(Uint8Array.of(2), abort.signal);
  const third = put(Uint8Array.of(3));
  abort.abort("no");
  await assert.rejects(second, (reason) => reason === "no");
  assert.deepEqual(sent, []);
  one.done();
  await Promise.all([first, third]);
  assert.deepEqual(sent, [1, 3]);
});

test("the line of one queue does not concern another", async () => {
  const [here, there] = [line("e"), line("f")];
  const one = slow(1);
  const first = here.put(one.value);
  void there.put(Uint8Array.of(2));
  assert.deepEqual(there.sent, [2]);
  one.done();
  await first;
});
