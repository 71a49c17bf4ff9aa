import assert from "node:assert/strict";
import { test } from "node:test";
import { SerializationError } from "../../src/base/errors.ts";
import { decode, encode } from "../../src/wire/wire.ts";

function refusalOf(value: unknown, where?: string): string {
  try {
    encode(value, { where });
  } catch (error) {
    assert.ok(error instanceof SerializationError, String(error));
    return error.message;
  }
  assert.fail("it was encoded");
}

class Point {
  x = 1;
  y = 2;
}

test("the error names the place, through every kind of container", () => {
  const s = Symbol("s");
  const cases: [unknown, string][] = [
    [s, "value:"],
    [[1, [s]], "value[1][0]:"],
    [{ items: new Map([["a", [0, 1, 2, s]]]) }, 'value.items.get("a")[3]:'],
    [{ "not an identifier": { 分身: s } }, 'value["not an identifier"].分身:'],
    [new Map([[1n, s]]), "value.get(1n):"],
    [new Map([[new Point(), 1]]), "value key 0:"],
    [new Map([[[1], s]]), "value.get(an Array):"],
    [new Set([1, s]), "value item 1:"],
    [Object.assign([1], { extra: s }), "value.extra:"],
    [[, s], "value[1]:"],
    [{ a: { b: 1 }, c: [[], { d: s }] }, "value.c[1].d:"],
  ];
  for (const [value, place] of cases) assert.ok(refusalOf(value).startsWith(`Cannot send ${place}`), refusalOf(value));
  assert.ok(refusalOf([s], "args[1]").startsWith("Cannot send args[1][0]:"));
});

test("an instance of an unregistered class gets the reducer to write", () => {
  const message = refusalOf([new Point()], "args");
  assert.equal(
    message,
    "Cannot send args[0]: the class Point has no reducer, received a Point\nRegister one, in the module of the class:\n" +
      "  reducer.register(Point, { reduce: (p) => [p.x, p.y], revive: ([x, y]) => new Point(x, y) })",
  );
});

test("classes that extend built-in ones are refused too, because their class would be lost", () => {
  class Stack extends Array {}
  class Registry extends Map {}
  class Bytes extends Uint8Array {}
  for (const value of [new Stack(), new Registry(), new Bytes(1)]) assert.match(refusalOf(value), /has no reducer/);
});

test("each thing that cannot travel says what to send instead", () => {
  const cases: [unknown, RegExp][] = [
    [Symbol.iterator, /a symbol cannot travel, received Symbol\(Symbol.iterator\)/],
    [Object(Symbol("x")), /cannot travel|has no reducer/],
    [() => 1, /a function cannot travel/],
    [Promise.resolve(), /await promise/],
    [new WeakMap(), /new Map\(entries\)/],
    [new WeakSet(), /new Set\(items\)/],
    [new WeakRef({}), /ref\.deref\(\)/],
    [(function* () {})(), /\[\.\.\.generator\]/],
    [(async function* () {})(), /for await/],
    [[].values(), /\[\.\.\.iterator\]/],
    [new Map().entries(), /\[\.\.\.iterator\]/],
    [new URL("http://a.b"), /url\.href/],
    [new AbortController().signal, /Event/],
    [new SharedArrayBuffer(1), /shared memory travels only between threads/],
    [new Uint8Array(new SharedArrayBuffer(1)), /shared memory travels only between threads/],
    [new Proxy(new Map(), {}), /only looks like a Map/],
    [Object.create(Date.prototype), /only looks like a Date/],
    [Object.create({ inherited: 1 }), /a prototype of its own/],
    [new Proxy(() => 1, {}), /a function cannot travel/],
  ];
  for (const [value, text] of cases) assert.match(refusalOf({ value }), text);
});

test("a detached buffer is refused, and a view on one", () => {
  const buffer = new ArrayBuffer(8);
  const view = new Uint16Array(buffer);
  structuredClone(buffer, { transfer: [buffer] });
  assert.match(refusalOf(buffer), /detached buffer/);
  assert.match(refusalOf([view]), /value\[0\]\.buffer: a detached buffer/);
});

test("a view whose buffer has become too short is refused as that", () => {
  const buffer = new ArrayBuffer(16, { maxByteLength: 32 });
  const views = [new DataView(buffer, 8), new Uint8Array(buffer, 8), new Float64Array(buffer, 8, 1)];
  const inside = [new Uint8Array(buffer), new Uint16Array(buffer, 0, 0)];
  buffer.resize(4);
  for (const view of views) {
    const { name } = view.constructor;
    assert.match(
      refusalOf({ view }),
      new RegExp(`value\\.view: a view that lies outside its buffer has no bytes to send, received a ${name}`),
    );
  }
  const back = decode(encode(inside) as Uint8Array) as Uint8Array[];
  assert.deepEqual(back.map(({ length }) => length), [4, 0]);
  structuredClone(buffer, { transfer: [buffer] });
  assert.match(refusalOf(inside), /value\[0\]\.buffer: a detached buffer/);
});

test("a revoked proxy is refused", () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  assert.match(refusalOf({ proxy }), /value\.proxy: a revoked proxy/);
});

test("after a refusal the next message is whole", () => {
  const before = encode({ a: [1, { b: 2 }] }) as Uint8Array;
  refusalOf({ deep: [{ a: 1 }, new Map([[{}, Symbol("s")]])] });
  assert.deepEqual(encode({ a: [1, { b: 2 }] }), before);
});
