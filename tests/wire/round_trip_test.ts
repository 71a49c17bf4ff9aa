import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import vm from "node:vm";
import { decode, encode } from "../../src/wire/wire.ts";
import { difference } from "./fixtures/same.ts";

function trip<T>(value: T): T {
  return decode(encode(value) as Uint8Array) as T;
}

function assertSurvives(value: unknown): void {
  assert.equal(difference(value, trip(value)), null);
}

test("encode() is synchronous for a value without references", () => {
  assert.ok(encode({ a: [1] }) instanceof Uint8Array);
});

test("a message has a buffer of its own", () => {
  const first = encode("one") as Uint8Array;
  const before = [...first];
  encode("two");
  assert.deepEqual([...first], before);
  assert.equal(first.buffer.byteLength, first.byteLength);
});

test("every number survives, also -0, NaN and the infinities", () => {
  const edges = [0, 1, 127, 128, 255, 256, 32767, 32768, 65535, 65536, 2 ** 31 - 1, 2 ** 31, 2 ** 32, 2 ** 53, 2 ** 53 - 1, 0.1];
  const special = [NaN, Infinity, -Infinity, Number.MIN_VALUE, Number.MAX_VALUE, Number.EPSILON];
  for (const n of [...edges, ...edges.map((n) => -n), -16, -17, -129, -32769, ...special]) assertSurvives(n);
});

test("small integers take one byte", () => {
  assert.equal((encode(127) as Uint8Array).length, 2);
  assert.equal((encode(-16) as Uint8Array).length, 2);
});

test("bigints of any size survive", () => {
  for (const n of [0n, 1n, 2n ** 63n - 1n, 2n ** 63n, 2n ** 64n, 10n ** 100n, 16n ** 33n, 7n ** 4001n]) {
    assertSurvives(n);
    assertSurvives(-n);
  }
});

test("strings of every length and width survive", () => {
  for (const unit of ["a", "é", "ÿ", "Ā", "分", "👋", "\0", "\ufeff"]) {
    for (const length of [1, 2, 3, 31, 32, 33, 48, 49, 63, 64, 65, 127, 128, 129, 5000, 70000]) assertSurvives(unit.repeat(length));
  }
  assertSurvives("");
});

test("lone surrogates survive, in strings and in keys", () => {
  for (const text of ["\ud800", "a\udc00b", "\udc00\ud800", "x".repeat(200) + "\ud83d"]) {
    assertSurvives(text);
    assertSurvives({ [text]: text });
  }
});

test("long and wide keys survive", () => {
  assertSurvives({
    "": 1,
    "é": 2,
    "分身": 3,
    ["k".repeat(64)]: 4,
    ["k".repeat(65)]: 5,
    ["k".repeat(127)]: 6,
    ["k".repeat(128)]: 7,
    ["分".repeat(99)]: 8,
  });
});

test("arrays keep holes and further properties", () => {
  assertSurvives([]);
  assertSurvives([, 1]);
  assertSurvives([1, , undefined, ,]);
  assertSurvives(new Array(5));
  assertSurvives(Object.assign([1, 2], { x: 1, "-1": 2, "4294967295": 3 }));
  assertSurvives(Object.assign([1, , 3], { x: 1 }));
  assertSurvives(Object.assign([], { only: true }));
  assertSurvives("2026-08-01".match(/(?<year>\d+)/));
  const long: unknown[] = Array.from({ length: 100 }, (_, i) => i);
  assertSurvives(long);
  assertSurvives(Object.assign([...long], { extra: long }));
  delete long[50];
  assertSurvives(long);
  assertSurvives(Object.assign([...Array.from({ length: 20 }), , 1], { instead: 1 }));
});

test("an array without a prototype arrives as an ordinary one", () => {
  assert.deepEqual(decode(encode(Object.setPrototypeOf([1, undefined], null)) as Uint8Array), [1, undefined]);
  assert.deepEqual(decode(encode(Object.setPrototypeOf([1, , 2], null)) as Uint8Array), [1, , 2]);
});

test("an array of length 2^32 - 1 with one element stays small", () => {
  const array: number[] = [];
  array[2 ** 32 - 2] = 1;
  const message = encode(array) as Uint8Array;
  assert.ok(message.length < 32);
  const back = decode(message) as number[];
  assert.equal(back.length, 2 ** 32 - 1);
  assert.deepEqual(Object.keys(back), ["4294967294"]);
});

test("objects keep the order of their keys, which integers lead", () => {
  assertSurvives({ b: 1, a: 2, "10": 3, "9": 4, "-1": 5, "01": 6 });
  assertSurvives({});
  assertSurvives(Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`k${i}`, i])));
});

test("more shapes than are remembered survive, in any mixture", () => {
  const objects = Array.from({ length: 200 }, (_, i) => ({ [`k${i % 90}`]: i, all: 1, ...(i % 3 ? { third: 1 } : {}) }));
  assertSurvives(objects);
  assertSurvives([...objects, ...objects]);
});

test("an own key __proto__ arrives as an own key and touches no prototype", () => {
  const value = JSON.parse('{"__proto__": {"polluted": true}, "constructor": 1, "toString": 2}');
  const back = trip(value);
  assert.ok(Object.hasOwn(back, "__proto__"));
  assert.equal(Object.getPrototypeOf(back), Object.prototype);
  assert.equal(back.polluted, undefined);
  assertSurvives(value);
  assertSurvives([value, value, { ...value }]);
});

test("a null prototype stays null", () => {
  const value = Object.assign(Object.create(null), { a: 1, ["__proto__"]: 2 });
  assertSurvives(value);
  assertSurvives([value, { a: 1 }, Object.assign(Object.create(null), { a: 2 })]);
});

test("symbol keys and hidden properties stay behind, getters are read", () => {
  const value = Object.defineProperty(
    {
      get a() {
        return 1;
      },
      [Symbol("s")]: 2,
    },
    "hidden",
    { value: 3 },
  );
  assert.deepEqual(Reflect.ownKeys(trip(value)), ["a"]);
  assert.equal(trip(value).a, 1);
});

test("a getter that throws surfaces its own error, and the next message is whole", () => {
  const failure = new RangeError("from the getter");
  const value = {
    list: [{
      get a() {
        throw failure;
      },
    }],
  };
  assert.throws(() => encode(value), (error) => error === failure);
  assertSurvives({ list: [1, { a: 2 }] });
});

test("a getter that removes a later property makes it absent", () => {
  const value: Record<string, unknown> = {
    get a() {
      delete value.b;
      return 1;
    },
    b: 2,
    c: 3,
  };
  assert.deepEqual(trip(value), { a: 1, c: 3 });
});

test("a getter that encodes something else does not disturb", () => {
  assert.deepEqual(
    trip({
      a: [1, 2],
      get b() {
        return trip({ inner: ["x", { y: 1 }] });
      },
      c: "end",
    }),
    { a: [1, 2], b: { inner: ["x", { y: 1 }] }, c: "end" },
  );
});

test("wrapper objects, dates and patterns survive", () => {
  for (const value of [Object(true), Object(false), Object(-0), Object("text"), Object(5n), Object("")]) assertSurvives(value);
  for (const value of [new Date(0), new Date(-1), new Date(8.64e15), new Date(NaN)]) assertSurvives(value);
  const used = /a(b)\/[/]\n/gimsuy;
  used.lastIndex = 5;
  assertSurvives(used);
  assert.equal(trip(used).lastIndex, 0);
  assertSurvives(new RegExp(""));
});

test("maps and sets keep their order, with any keys", () => {
  const key = { k: 1 };
  assertSurvives(new Map<unknown, unknown>([["b", 1], ["a", key], [key, [key]], [NaN, new Map([[1, 2]])]]));
  assertSurvives(new Set<unknown>([3, "x", key, new Set([key]), undefined]));
  assertSurvives(new Map());
});

test("every kind of view survives, with its offset", () => {
  const buffer = Uint8Array.from({ length: 64 }, (_, i) => i).buffer;
  const classes = [
    Int8Array,
    Uint8Array,
    Uint8ClampedArray,
    Int16Array,
    Uint16Array,
    Int32Array,
    Uint32Array,
    Float32Array,
    Float64Array,
    BigInt64Array,
    BigUint64Array,
  ];
  for (const View of classes) {
    assertSurvives(new View(buffer));
    assertSurvives(new View(buffer, 8, 3));
    assertSurvives(new View(0));
  }
  assertSurvives(new DataView(buffer, 3, 5));
  assertSurvives(buffer);
  assertSurvives(new ArrayBuffer(0));
});

test("Float16Array survives", { skip: "Float16Array" in globalThis ? false : "this runtime has no Float16Array" }, () => {
  assertSurvives(new (globalThis as unknown as { Float16Array: new (n: number[]) => unknown }).Float16Array([1, 2.5]));
});

test("views that share a buffer still share it", () => {
  const buffer = new ArrayBuffer(16);
  for (
    const value of [
      [new Uint8Array(buffer), new Uint16Array(buffer, 2, 3), buffer],
      [buffer, new Uint8Array(buffer)],
      [new Uint8Array(buffer), new Uint8Array(buffer), new DataView(buffer)],
    ]
  ) assertSurvives(value);
  const [a, b] = trip([new Uint8Array(buffer), new Uint16Array(buffer, 2, 3)] as const);
  a[2] = 7;
  assert.equal(b[0], 7);
});

test("resizable buffers stay resizable, and views that follow their length still do", () => {
  const buffer = new ArrayBuffer(8, { maxByteLength: 32 });
  const [back, follows, fixed] = trip([buffer, new Uint16Array(buffer, 2), new Uint8Array(buffer, 0, 8)] as const);
  assert.equal(back.maxByteLength, 32);
  back.resize(16);
  assert.equal(follows.length, 7);
  assert.equal(fixed.length, 8);
  assert.equal(buffer.byteLength, 8);
});

test("a Buffer travels as a Uint8Array of its own bytes", () => {
  const back = trip([Buffer.from("hello"), Buffer.alloc(0)] as Uint8Array[]);
  assert.equal(Object.getPrototypeOf(back[0]), Uint8Array.prototype);
  assert.deepEqual([...back[0]!], [...new TextEncoder().encode("hello")]);
  assert.equal(back[0]!.buffer.byteLength, 5);
  assert.equal(back[1]!.length, 0);
  const twice = Buffer.from("x");
  const [a, b] = trip([twice, twice]);
  assert.equal(a, b);
});

test("decode() reads a Buffer, a window on a larger buffer, and shared memory", () => {
  const message = encode({ bytes: new Uint8Array([1, 2]), n: 1.5 }) as Uint8Array;
  const larger = new Uint8Array(100);
  larger.set(message, 7);
  const shared = new Uint8Array(new SharedArrayBuffer(message.length));
  shared.set(message);
  for (const form of [Buffer.from(message), larger.subarray(7, 7 + message.length), shared]) {
    assert.equal(difference(decode(form), { bytes: new Uint8Array([1, 2]), n: 1.5 }), null);
  }
});

test("what was decoded has nothing in common with the message", () => {
  const message = encode([new Uint8Array([1, 2]), new Float64Array([5])]) as Uint8Array;
  const back = decode(message) as [Uint8Array, Float64Array];
  message.fill(0);
  assert.deepEqual([...back[0]], [1, 2]);
  assert.deepEqual([...back[1]], [5]);
});

test("cycles and shared parts are kept everywhere", () => {
  const object: Record<string, unknown> = {};
  object.self = object;
  const array: unknown[] = [object];
  array.push(array);
  const map = new Map<unknown, unknown>();
  map.set(map, map).set("array", array);
  const set = new Set<unknown>([map]);
  set.add(set);
  const date = new Date(1), pattern = /x/, boxed = Object("s"), empty = Object.create(null);
  assertSurvives({ object, array, map, set, all: [date, pattern, boxed, empty, date, pattern, boxed, empty] });
  const many = Array.from({ length: 50 }, (_, i) => ({ i }));
  assertSurvives([many, [...many].reverse()]);
});

test("equal objects that are two stay two", () => {
  const [a, b] = trip([{ x: 1 }, { x: 1 }]);
  assert.notEqual(a, b);
});

test("built-in objects of another realm arrive as ours", () => {
  const value = vm.runInNewContext(
    `({ list: [1], map: new Map([["a", new Date(1)]]), bytes: new Uint8Array([1]), pattern: /x/g, error: new TypeError("t") })`,
  );
  const back = trip(value);
  assert.equal(Object.getPrototypeOf(back), Object.prototype);
  assert.ok(back.list instanceof Array && back.map instanceof Map && back.map.get("a") instanceof Date);
  assert.ok(back.bytes instanceof Uint8Array && back.pattern instanceof RegExp && back.error instanceof TypeError);
});

test("the value is read before encode() returns", () => {
  const value = { a: [1] };
  const message = encode(value) as Uint8Array;
  value.a.push(2);
  assert.deepEqual(decode(message), { a: [1] });
});
