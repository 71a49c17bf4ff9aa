import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { type GlobalMeaning, pickleDecode, pickleEncode, PythonGlobal } from "../../src/wire/pickle/pickle.ts";
import { canon } from "./fixtures/pickle_canon.ts";
import { pickleCases } from "./fixtures/pickle_cases.ts";
import { pickleValues } from "./fixtures/pickle_values.ts";

const protocols = [2, 3, 4, 5];

test("random values come back as they were, in every protocol", () => {
  fc.assert(fc.property(pickleValues, fc.constantFrom(...protocols), (value, protocol) => {
    assert.equal(canon(pickleDecode(pickleEncode(value, { protocol }))), canon(value));
  }));
});

for (const protocol of protocols) {
  test(`protocol ${protocol}: the cases that CPython agrees with come back without it, too`, () => {
    for (const { name, arrives, sends = arrives } of pickleCases) {
      if (sends !== null) assert.equal(canon(pickleDecode(pickleEncode(sends(), { protocol }))), canon(arrives()), name);
    }
  });
}

test("one object in several places stays one, and bytes that are not one stay apart", () => {
  const part = { a: 1 };
  const bytes = Uint8Array.of(1, 2);
  const [first, second, one, same, tiny, other] = pickleDecode(
    pickleEncode([part, part, bytes, bytes, Uint8Array.of(1), Uint8Array.of(1)]),
  ) as Uint8Array[];
  assert.equal(first, second);
  assert.equal(one, same);
  assert.notEqual(tiny, other);
});

test("9,000 levels travel, more than the limit is refused on both sides", () => {
  const nest = (levels: number) => {
    let value: unknown = [];
    for (let i = 0; i < levels; i++) value = i % 3 === 0 ? Object.freeze([value]) : i % 3 === 1 ? [value] : new Map([["a", value]]);
    return value;
  };
  const bytes = pickleEncode(nest(9000));
  assert.deepEqual(pickleEncode(pickleDecode(bytes)), bytes);
  assert.throws(() => pickleEncode(nest(20_000)), { name: "SerializationError", message: /nest at most 10000 levels/ });
  assert.throws(() => pickleDecode(bytes, { maxDepth: 8000 }), { name: "SerializationError", message: /nest more than 8000 levels/ });
});

test("what has no form in Python is refused with the path to it and the remedy", () => {
  class Point {}
  const refused: [unknown, RegExp][] = [
    [{ a: [new Point()] }, /^Cannot send value\.a\[0\]: .* received a Point\n/],
    [new Map([["k", Symbol("s")]]), /^Cannot send value\.get\("k"\): a symbol cannot travel/],
    [[() => 1], /^Cannot send value\[0\]: a function cannot travel/],
    [new Set([[1]]), /^Cannot send value item 0: keys of a dict .* received an Array\nFreeze it/],
    [new Map([[Object.freeze([{}]), 1]]), /^Cannot send value key 0: .* immutable in Python/],
    [[new Date()], /^Cannot send value\[0\]: [^]*date\.getTime\(\)/],
    [Promise.resolve(), /await promise/],
    [new Proxy({}, { getPrototypeOf: () => Point.prototype }), /received an? /],
  ];
  for (const [value, message] of refused) {
    for (const protocol of protocols) assert.throws(() => pickleEncode(value, { protocol }), { name: "SerializationError", message });
  }
  const endless: unknown[] = [];
  endless.push(endless);
  assert.throws(() => pickleEncode(Object.freeze(endless)), { name: "SerializationError", message: /cannot contain itself/ });
  const error = new Error("x");
  Object.assign(error, { python: { class: "builtins.ValueError", args: Object.freeze([[error]]) } });
  assert.throws(() => pickleEncode(error), { name: "SerializationError", message: /cannot contain itself/ });
});

test("an error never names a class of its own choice to Python", () => {
  const error = Object.assign(new Error("x"), { python: { class: "os.system", args: Object.freeze(["true"]) } });
  const text = new TextDecoder("latin1").decode(pickleEncode(error));
  assert.ok(text.includes("RuntimeError") && !text.includes("system"));
});

for (const protocol of protocols) {
  test(`protocol ${protocol}: equal bytes, and large typed arrays, come back`, () => {
    const equal = Array.from({ length: 20 }, () => new Uint8Array(100).fill(7));
    assert.deepEqual(pickleDecode(pickleEncode(equal, { protocol })), equal);
    for (const array of [new Float64Array(1000), new Int8Array(1000).fill(-1)]) {
      assert.deepEqual(pickleDecode(pickleEncode([array, array.slice()], { protocol })), [array, array]);
    }
  });

  test(`protocol ${protocol}: no text is taken for a class that stands in the same message`, () => {
    const values = [new Float64Array(1), "\0array\narray", new Float64Array(2)];
    assert.deepEqual(pickleDecode(pickleEncode(values, { protocol })), values);
    assert.deepEqual(pickleDecode(pickleEncode(values.slice(1), { protocol })), values.slice(1));
  });
}

test("a tuple of any length can be a key", () => {
  const key = Object.freeze(new Array(200_000).fill(1));
  assert.deepEqual([...pickleDecode(pickleEncode(new Set([key]))) as Set<unknown>], [key]);
});

test("an unknown protocol is a RangeError", () => {
  assert.throws(() => pickleEncode(1, { protocol: 6 }), RangeError);
});

test("further globals are read and written by hooks", () => {
  class Token {
    parts: unknown;
  }
  const meaning: GlobalMeaning = { call: () => new Token(), build: (made, state) => void ((made as Token).parts = state) };
  const globals = (module: string, name: string) => module === "my" && name === "Token" ? meaning : undefined;
  const token = Object.assign(new Token(), { parts: Object.freeze(["a", 1]) });
  const reduce = (object: object) =>
    object instanceof Token ? { global: new PythonGlobal("my", "Token"), args: [], state: object.parts } : undefined;
  for (const protocol of protocols) {
    const bytes = pickleEncode([token, token], { protocol, reduce });
    const [first, second] = pickleDecode(bytes, { globals }) as Token[];
    assert.ok(first instanceof Token && first === second);
    assert.deepEqual(first.parts, ["a", 1]);
    assert.throws(() => pickleDecode(bytes), { name: "SerializationError", message: /global my\.Token is not one of those/ });
  }
});
