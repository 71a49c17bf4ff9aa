import { test } from "node:test";
import assert from "node:assert/strict";
import { inspect } from "node:util";
import { BrokenPipeError, BufferTooShort, ClosedError, EOFError, SerializationError, TimeoutError } from "../../src/base/errors.ts";
import { Connection, Pipe, wait } from "../../connection.ts";
import { claim } from "../../src/connection/pipe_claim.ts";
import { PipeEnd } from "../../src/connection/pipe_end.ts";
import type { Introducer } from "../../src/connection/pipe_introducer.ts";

const text = (value: string) => new TextEncoder().encode(value);
const plain = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
const message = "abcdefghijklmnopqrstuvwxyz";

test("send() gives recv() at the other end an equal value, both ways", async () => {
  const [left, right] = Pipe();
  const value = { map: new Map([[1, [null, undefined, -0]]]), bytes: new Uint8Array([1, 2]) };
  await left.send(value);
  await right.send("back");
  assert.deepEqual(await right.recv(), value);
  assert.equal(await left.recv(), "back");
});

test("send() encodes in the call: a later change does not travel", async () => {
  const [left, right] = Pipe();
  const value = [1];
  const sent = left.send(value);
  value.push(2);
  await sent;
  assert.deepEqual(await right.recv(), [1]);
});

test("a value that cannot travel rejects its send, and the next one arrives", async () => {
  const [left, right] = Pipe();
  await assert.rejects(left.send(Symbol("no")), SerializationError);
  await left.send(1);
  assert.equal(await right.recv(), 1);
});

test("send() and sendBytes() share one stream of messages, which never merge", async () => {
  const [left, right] = Pipe();
  await left.sendBytes(text("ab"));
  await left.sendBytes(text(""));
  await left.send("value");
  await left.sendBytes(text("c"));
  assert.equal(plain(await right.recvBytes()), "ab");
  assert.equal((await right.recvBytes()).length, 0);
  assert.equal(await right.recv(), "value");
  assert.equal(plain(await right.recvBytes()), "c");
});

test("recvBytes() of a sent value gives its encoded bytes, which decode when they are sent on", async () => {
  const [left, right] = Pipe();
  await left.send({ a: 1 });
  await right.sendBytes(await right.recvBytes());
  assert.deepEqual(await left.recv(), { a: 1 });
});

test("recv() of bytes that are no value rejects and consumes them", async () => {
  const [left, right] = Pipe();
  await left.sendBytes(text("not a value"));
  await left.send(1);
  await assert.rejects(right.recv(), SerializationError);
  assert.equal(await right.recv(), 1);
});

test("sendBytes() takes offset and size in bytes and checks them as Python does", async () => {
  const [left, right] = Pipe();
  const bytes = text(message);
  const cases: [number?, number?][] = [[], [5], [7, 8], [26], [26, 0]];
  for (const [offset, size] of cases) {
    await left.sendBytes(bytes, offset, size);
    assert.equal(plain(await right.recvBytes()), message.slice(offset ?? 0, size === undefined ? undefined : offset! + size));
  }
  for (const [offset, size] of [[27], [22, 5], [26, 1], [-1], [4, -1]] as [number, number?][]) {
    await assert.rejects(left.sendBytes(bytes, offset, size), RangeError);
  }
  await assert.rejects(left.sendBytes("text" as never), TypeError);
  await assert.rejects(left.sendBytes(bytes, 0.5), TypeError);
});

test("sendBytes() copies in the call, from any kind of view", async () => {
  const [left, right] = Pipe();
  const numbers = new Uint16Array([0x0102, 0x0304]);
  const sent = left.sendBytes(numbers, 2);
  numbers.fill(0);
  await sent;
  assert.deepEqual(await right.recvBytes(), new Uint8Array([0x04, 0x03]));
  await left.sendBytes(new Uint8Array([7]).buffer);
  assert.deepEqual(await right.recvBytes(), new Uint8Array([7]));
});

test("recvBytes() gives bytes with a buffer of their own", async () => {
  const [left, right] = Pipe();
  for (const length of [3, 100_000]) {
    await left.sendBytes(new Uint8Array(length));
    const bytes = await right.recvBytes();
    assert.deepEqual([bytes.byteOffset, bytes.buffer.byteLength], [0, length]);
  }
});

test("recvBytesInto() writes at an offset in bytes and gives the length", async () => {
  const [left, right] = Pipe();
  const target = new Uint16Array(4);
  await left.sendBytes(new Uint8Array([1, 0, 2, 0]));
  assert.equal(await right.recvBytesInto(target, 2), 4);
  assert.deepEqual([...target], [0, 1, 2, 0]);
  await assert.rejects(right.recvBytesInto(target, -1), RangeError);
  await assert.rejects(right.recvBytesInto(target, 9), RangeError);
});

test("recvBytesInto() of a message that does not fit gives the whole message in the error and consumes it", async () => {
  const [left, right] = Pipe();
  await left.sendBytes(text(message));
  await left.send("next");
  await assert.rejects(right.recvBytesInto(new Uint8Array(10)), (error: unknown) => {
    assert.ok(error instanceof BufferTooShort);
    assert.equal(plain(error.data), message);
    return true;
  });
  assert.equal(await right.recv(), "next");
});

test("recvBytes() of a message over maxLength makes a duplex end write-only and closes a read-only end", async () => {
  const [left, right] = Pipe();
  await left.sendBytes(text("12345"));
  await assert.rejects(right.recvBytes(-1), RangeError);
  await assert.rejects(right.recvBytes(3), /bad message length/);
  assert.deepEqual([right.readable, right.writable], [false, true]);
  await assert.rejects(right.recv(), /it is write-only/);
  await right.send("still");
  assert.equal(await left.recv(), "still");

  const [reader, writer] = Pipe(false);
  await writer.sendBytes(text("12345"));
  await assert.rejects(reader.recvBytes(3), /bad message length/);
  assert.equal(reader.closed, true);
});

test("recvBytes() of a message over maxLength ends the other waits for a message", async () => {
  const [left, right] = Pipe();
  const tooLong = right.recvBytes(3);
  const waits = [right.recv(), right.poll(null), wait([right])];
  await left.sendBytes(text("12345"));
  await assert.rejects(tooLong, /bad message length/);
  for (const waiting of waits) await assert.rejects(waiting, /it is write-only/);
});

test("wait() is not held up by an end that is still on its way to this unit", async () => {
  const introducer: Introducer = { offer: () => assert.fail(), connectTo: () => new Promise(() => {}) }; // its old holder is busy
  const end = new PipeEnd(introducer, { number: 0, readable: true, writable: true });
  claim(end, { address: { path: "busy" }, id: "", secret: "" }, introducer);
  const moving = new Connection(end);
  const [a, sendA] = Pipe(false);
  assert.deepEqual(await wait([moving, a], { timeout: 10 }), []);
  await assert.rejects(wait([moving, a], { signal: AbortSignal.timeout(10) }), { name: "TimeoutError" });
  await sendA.send(1);
  assert.deepEqual(await wait([moving, a]), [a]);
  a.close();
  sendA.close();
  moving.close();
});

test("Pipe() refuses a duplex that is no boolean, such as an object of options", () => {
  for (const duplex of [{ duplex: false }, 0, null, "no"]) {
    assert.throws(() => Pipe(duplex as never), { name: "TypeError", message: /^Cannot make a Pipe: duplex must be a boolean, received / });
  }
  assert.ok(Pipe(undefined)[0].writable);
});

test("Pipe(false) gives a read-only and a write-only end", async () => {
  const [reader, writer] = Pipe(false);
  assert.deepEqual([reader.readable, reader.writable, writer.readable, writer.writable], [true, false, false, true]);
  await assert.rejects(reader.send(1), { message: "Cannot send on a Connection: it is read-only" });
  await assert.rejects(reader.sendBytes(text("a")), { message: "Cannot send on a Connection: it is read-only" });
  await assert.rejects(writer.recv(), { message: "Cannot receive on a Connection: it is write-only" });
  await assert.rejects(writer.poll(), { message: "Cannot poll a Connection: it is write-only" });
  await writer.send(1);
  assert.equal(await reader.recv(), 1);
});

test("several waiting recv() calls are served in their order", async () => {
  const [left, right] = Pipe();
  const received = [right.recv(), right.recv(), right.recv()];
  for (const value of ["a", "b", "c"]) await left.send(value);
  assert.deepEqual(await Promise.all(received), ["a", "b", "c"]);
});

test("recv() gives up at its timeout or when aborted, and loses nothing", async () => {
  const [left, right] = Pipe();
  await assert.rejects(right.recv({ timeout: 0 }), TimeoutError);
  await assert.rejects(right.recv({ timeout: 1 }), TimeoutError);
  await assert.rejects(right.recv({ timeout: NaN }), TypeError);
  const controller = new AbortController();
  const aborted = right.recv({ signal: controller.signal });
  controller.abort("enough");
  await assert.rejects(aborted, (reason) => reason === "enough");
  await assert.rejects(right.recv({ signal: controller.signal }), (reason) => reason === "enough");
  await left.send(1);
  assert.equal(await right.recv({ timeout: 0 }), 1);
});

test("poll() says whether recv() would wait, and consumes nothing", async () => {
  const [left, right] = Pipe();
  assert.deepEqual([await right.poll(), await right.poll(-1), await right.poll(1)], [false, false, false]);
  await left.sendBytes(text(""));
  assert.deepEqual([await right.poll(), await right.poll(), await right.poll(null)], [true, true, true]);
  assert.equal((await right.recvBytes()).length, 0);
  const waiting = right.poll(null);
  await left.send(1);
  assert.equal(await waiting, true);
  await assert.rejects(right.poll("soon" as never), TypeError);
});

test("at the end of the stream poll() is true and recv() rejects with EOFError each time", async () => {
  const [left, right] = Pipe();
  const polling = right.poll(null);
  const receiving = [right.recv(), right.recv()];
  await left.send("last");
  left.close();
  assert.equal(await polling, true);
  assert.equal(await receiving[0], "last");
  await assert.rejects(receiving[1]!, EOFError);
  assert.equal(await right.poll(), true);
  await assert.rejects(right.recv(), EOFError);
  await assert.rejects(right.recvBytes(), EOFError);
  await assert.rejects(right.send(1), BrokenPipeError);
});

test("after close() every use rejects with ClosedError, and so does what waits; closing again is fine", async () => {
  const [left] = Pipe();
  const waiting = [assert.rejects(left.recv(), ClosedError), assert.rejects(left.poll(null), ClosedError)];
  left.close();
  left.close();
  assert.equal(left.closed, true);
  await Promise.all(waiting);
  await assert.rejects(left.send(1), { name: "ClosedError", message: "Cannot send on a Connection: it is closed" });
  await assert.rejects(left.recv(), ClosedError);
  await assert.rejects(left.poll(), ClosedError);
  await assert.rejects(left.sendBytes(text("a")), ClosedError);
  assert.throws(() => left.fileno(), ClosedError);
});

test("a Connection is iterated until the other end is closed", async () => {
  const [left, right] = Pipe();
  for (const value of [1, 2, 3]) await left.send(value);
  left.close();
  const values: unknown[] = [];
  for await (const value of right) values.push(value);
  assert.deepEqual(values, [1, 2, 3]);
});

test("disposing of a Connection closes it", async () => {
  const [left, right] = Pipe();
  await left[Symbol.asyncDispose]();
  await assert.rejects(right.recv(), EOFError);
});

test("fileno() is an integer of its own for every Connection", () => {
  const [left, right] = Pipe();
  assert.ok(Number.isInteger(left.fileno()));
  assert.equal(left.fileno(), left.fileno());
  assert.notEqual(left.fileno(), right.fileno());
});

test("a console shows direction and state", async () => {
  const [reader, writer] = Pipe(false);
  await writer.send(1);
  assert.equal(await reader.poll(null), true);
  assert.equal(inspect(reader), "<Connection read-only, open, 1 unread>");
  const deno = Symbol.for("Deno.customInspect");
  assert.equal((reader as unknown as Record<symbol, () => string>)[deno]!(), "<Connection read-only, open, 1 unread>");
  writer.close();
  assert.equal(inspect(writer), "<Connection write-only, closed, 0 unread>");
  assert.equal(Object.isFrozen(reader.statistics()), true);
});

test("a Connection cannot be made without a Pipe", () => {
  assert.throws(() => new Connection({} as never), TypeError);
});

test("nobody has to await: a send, a recv and a poll that fail do not end the program", async () => {
  const [left, right] = Pipe();
  const unsendable = () => left;
  right.recv();
  right.poll(null);
  left.send(unsendable);
  right.close();
  await left.poll(null);
  left.send(1);
  left.send(unsendable);
  // The same once more, awaited: the calls before have failed when this one has.
  await assert.rejects(left.send(unsendable), SerializationError);
  await new Promise((resolve) => setImmediate(resolve));
});

test("an end travels in a value and brings its unread messages; the object that was sent is of no use any more", async () => {
  const [left, right] = Pipe();
  const [carrier, receiver] = Pipe();
  await left.send("before");
  await carrier.send({ nested: [right] });
  const { nested: [moved] } = await receiver.recv() as { nested: [Connection] };
  assert.equal(await moved.recv(), "before");
  assert.ok(moved instanceof Connection);
  await moved.send("after");
  assert.equal(await left.recv(), "after");
  await assert.rejects(right.send(1), { name: "ClosedError", message: "Cannot send on a Connection: this end was handed to another unit" });
  assert.equal(right.closed, true);
  right.close();
  await left.send("open");
  assert.equal(await moved.recv(), "open");
});

test("an end keeps its direction when it travels", async () => {
  const [reader, writer] = Pipe(false);
  const [carrier, receiver] = Pipe();
  await carrier.send([reader, writer]);
  const [movedReader, movedWriter] = await receiver.recv() as [Connection, Connection];
  assert.deepEqual([movedReader.readable, movedReader.writable, movedWriter.readable, movedWriter.writable], [true, false, false, true]);
  await movedWriter.send(1);
  assert.equal(await movedReader.recv(), 1);
  await assert.rejects(movedReader.send(1), /read-only/);
});

test("an end travels through itself", async () => {
  const [left, right] = Pipe();
  await left.send(left);
  const moved = await right.recv() as Connection;
  await moved.send("hello");
  assert.equal(await right.recv(), "hello");
});

test("an end may be closed right after it was sent: its receiver has it", async () => {
  const [left, right] = Pipe();
  const [carrier, receiver] = Pipe();
  await carrier.send(right);
  right.close();
  const moved = await receiver.recv() as Connection;
  await left.send(1);
  assert.equal(await moved.recv(), 1);
});

test("an end in a message that could not be sent is open as before, or closed if it was closed", async () => {
  const [left, right] = Pipe();
  const [carrier, receiver] = Pipe();
  receiver.close();
  await carrier.poll(null);
  await assert.rejects(carrier.send(right), BrokenPipeError);
  await assert.rejects(carrier.send([right, Symbol("no")]));
  await left.send(1);
  assert.equal(await right.recv(), 1);
  const unsent = carrier.send(right);
  right.close();
  await assert.rejects(unsent, BrokenPipeError);
  await assert.rejects(left.recv(), EOFError);
});

test("a closed Connection cannot be sent", async () => {
  const [left] = Pipe();
  const [carrier] = Pipe();
  left.close();
  await assert.rejects(carrier.send(left), { name: "ClosedError", message: "Cannot send a Connection: it is closed" });
});
