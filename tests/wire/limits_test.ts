import assert from "node:assert/strict";
import { test } from "node:test";
import { SerializationError } from "../../src/base/errors.ts";
import { decode, encode } from "../../src/wire/wire.ts";
import * as tag from "../../src/wire/tags.ts";
import { difference } from "./fixtures/same.ts";

const H = tag.VERSION;

/** Each way to put one level around a value. */
const wrappers: Record<string, (inner: unknown) => unknown> = {
  "arrays": (inner) => [inner],
  "objects": (inner) => ({ inner }),
  "null-prototype objects": (inner) => Object.assign(Object.create(null), { inner }),
  "map values": (inner) => new Map([[1, inner]]),
  "map keys": (inner) => new Map([[inner, 1]]),
  "sets": (inner) => new Set([inner]),
  "arrays with holes": (inner) => [, inner, ,],
  "arrays with properties": (inner) => Object.assign([1], { inner }),
};

function nested(levels: number, wrap: (inner: unknown) => unknown): unknown {
  let value: unknown = "core";
  for (let i = 0; i < levels; i++) value = wrap(value);
  return value;
}

for (const [name, wrap] of Object.entries(wrappers)) {
  test(`10,000 levels of ${name} survive, one more is refused on both sides`, () => {
    const value = nested(10_000, wrap);
    const message = encode(value) as Uint8Array;
    assert.equal(difference(value, decode(message)), null);
    assert.throws(() => encode(wrap(value)), (e) => e instanceof SerializationError && /nest at most 10000 levels/.test(e.message));
    assert.throws(
      () => decode(message, { maxDepth: 9_999 }),
      (e) => e instanceof SerializationError && /nest more than 9999 levels/.test(e.message),
    );
  });
}

test("deep containers of all kinds in one another survive", () => {
  const wrap = (
    inner: unknown,
  ) => [{ a: new Map([[new Set([1]), { b: [, 1] }]]), inner, after: [1, 2] }, "after", new Date(1), new Uint16Array(2)];
  const value = nested(4000, wrap);
  assert.equal(difference(value, decode(encode(value) as Uint8Array)), null);
});

test("a deep cycle survives", () => {
  const first: { next?: unknown } = {};
  let last = first;
  for (let i = 0; i < 5000; i++) last = last.next = {};
  last.next = [first];
  assert.equal(difference(first, decode(encode(first) as Uint8Array)), null);
});

test("a path that is refused deep inside is cut in the middle", () => {
  assert.throws(() => encode(nested(5000, (inner) => [inner ?? 1, Symbol("s")])), (e) => e instanceof Error && e.message.length < 400);
});

test("maxDepth counts containers", () => {
  const message = encode([[1]]) as Uint8Array;
  assert.deepEqual(decode(message, { maxDepth: 2 }), [[1]]);
  assert.throws(() => decode(message, { maxDepth: 1 }), SerializationError);
  assert.equal(decode(encode(1) as Uint8Array, { maxDepth: 0 }), 1);
  assert.throws(() => decode(encode([]) as Uint8Array, { maxDepth: 0 }), SerializationError);
});

test("maxBytes refuses a longer message before reading it", () => {
  const message = encode("hello") as Uint8Array;
  assert.equal(decode(message, { maxBytes: message.length }), "hello");
  assert.throws(() => decode(message, { maxBytes: message.length - 1 }), {
    name: "SerializationError",
    message: `Cannot decode a message: it has 7 bytes, and at most 6 are accepted`,
  });
});

test("bytes that are no message are refused with a reason", () => {
  const huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f]; // a varuint of 2^49 - 1
  const endless = new Array<number>(12).fill(0xff);
  const cases: [string, number[], RegExp][] = [
    ["nothing", [], /it is empty/],
    ["another version", [0x20, 0], /version is unknown, received 0x20/],
    ["an unknown flag", [H | 4, 0], /version is unknown/],
    ["only a header", [H], /ends too early/],
    ["half a fraction", [H, tag.FLOAT64, 1, 2, 3], /ends too early/],
    ["half an integer", [H, tag.INT32, 1], /ends too early/],
    ["half a short string", [H, 0x85, 0x61], /ends too early/],
    ["half a key", [H, 0xb1, 5, 0x61, 1], /ends too early/],
    ["bytes after the end", [H, 1, 1], /1 bytes follow its end/],
    ["an unknown tag", [H, 0xcd], /no value begins with byte 0xcd/],
    ["a bare absence", [H, tag.ABSENT], /no value begins with/],
    ["an array longer than the message", [H, tag.ARRAY, ...huge], /ends too early/],
    ["an object longer than the message", [H, tag.OBJECT, ...huge], /ends too early/],
    ["a map longer than the message", [H, tag.MAP, ...huge], /ends too early/],
    ["a set longer than the message", [H, tag.SET, ...huge], /ends too early/],
    ["a string longer than the message", [H, tag.UTF8, ...huge], /ends too early/],
    ["a wide string longer than the message", [H, tag.UTF16, ...huge], /ends too early/],
    ["a bigint longer than the message", [H, tag.BIGINT, 0, ...huge], /ends too early/],
    ["bytes longer than the message", [H, tag.BYTES, ...huge], /ends too early/],
    ["a buffer longer than the message", [H, tag.BUFFER, ...huge], /ends too early/],
    ["a length without end", [H, tag.BUFFER, ...endless], /length is too large/],
    ["a resizable buffer beyond all memory", [H, tag.RESIZABLE_BUFFER, 0, ...huge], /cannot make a resizable buffer/],
    ["a resizable buffer beyond its limit", [H, tag.RESIZABLE_BUFFER, 1, 0, 7], /longer than it may get/],
    ["an array with 2^32 elements", [H, tag.SPARSE_ARRAY, 0x80, 0x80, 0x80, 0x80, 0x10, 0, 0], /array is too long/],
    ["an element beyond the length", [H, tag.SPARSE_ARRAY, 1, 1, 1, 0, 0], /out of order/],
    ["elements out of order", [H, tag.SPARSE_ARRAY, 9, 2, 3, 0, 3, 0, 0], /out of order/],
    ["an array with a second length", [H, tag.SPARSE_ARRAY, 1, 0, 1, 6, ...codes("length"), 1], /two lengths/],
    ["a reference to nothing", [H | tag.HAS_IDENTITY, tag.BACK, 0], /refers back to something that is not there/],
    ["a reference without the flag", [H, 0xa2, 0xa0, tag.BACK, 1], /refers back to something that is not there/],
    ["a wrapper around itself", [H | tag.HAS_IDENTITY, tag.BOXED, tag.BACK, 0], /contains the instance/],
    ["a wrapper around an object", [H, tag.BOXED, 0xa0], /no primitive value/],
    ["an unknown shape", [H, tag.SHORT_SHAPE], /keys that are not there/],
    ["a pattern that is none", [H, tag.REGEXP, 0x81, 0x28, 0x80], /does not know the regular expression/],
    ["flags that are none", [H, tag.REGEXP, 0x81, 0x61, 0x82, 0x67, 0x67], /does not know the regular expression/],
    ["a pattern without text", [H, tag.REGEXP, 1, 1], /string is missing/],
    ["malformed UTF-8", [H, tag.UTF8, 2, 0xc3, 0x28], /not UTF-8/],
    ["a view without buffer", [H, tag.VIEW, 1, 1, 0, 0], /no buffer/],
    ["a view of no class", [H, tag.VIEW, 77, 0, 0, 0], /class of a typed array/],
    ["a view beyond its buffer", [H, tag.VIEW, 1, tag.BUFFER, 1, 0, 0, 2], /does not fit its buffer/],
    ["a crooked view", [H, tag.VIEW, 4, tag.BUFFER, 4, 0, 0, 0, 0, 1, 1], /does not fit its buffer/],
    ["a malformed key", [H, 0xb1, 0x81, 1, 1], /key is malformed/],
    ["a null prototype for no object", [H, tag.NULL_PROTOTYPE, 1], /an object is missing/],
    ["an unknown sign", [H, tag.BIGINT, 2, 0], /unknown sign/],
    ["a function without table", [H, tag.FUNCTION, 0], /function is missing/],
    ["an instance without table", [H, tag.INSTANCE, 0, 0], /function is missing/],
    ["an unknown handle", [H, tag.HANDLE, 0x81, 0x78, 0], /nothing here is called "x"/],
    ["shared memory without table", [H, tag.SHARED_BUFFER, 0], /shared buffer is missing/],
    ["an error of no class", [H, tag.ERROR, 9], /no class/],
    [
      "an error with a class outside the table",
      [H, tag.ERROR, tag.ERROR_OF_CLASS, 0, 0x80, tag.UNDEFINED, 0, 0],
      /class of an error is missing/,
    ],
    ["an error with a number as stack", [H, tag.ERROR, tag.ERROR_NAME_ONLY, 0x80, 1, 0, 0], /stack of an error/],
    ["a reference of no kind", [H | tag.HAS_REFERENCES, 1, 7, 2, H, 0, 0], /no known kind/],
    ["a needed reference that is missing", [H | tag.HAS_REFERENCES, 1, tag.REFERENCE_MISSING, 0], /no known kind/],
    ["references inside a reference", [H | tag.HAS_REFERENCES, 1, 0, 6, H | tag.HAS_REFERENCES, 1, 0, 2, H, 0, 0], /.*/],
  ];
  for (const [name, bytes, reason] of cases) {
    assert.throws(
      () => decode(Uint8Array.from(bytes)),
      (e) => e instanceof SerializationError && e.message.startsWith("Cannot decode a message: ") && reason.test(e.message),
      name,
    );
  }
});

function codes(text: string): number[] {
  return [...text].map((c) => c.charCodeAt(0));
}

test("something that is no Uint8Array is refused", () => {
  assert.throws(() => decode([1, 2] as unknown as Uint8Array), { name: "SerializationError" });
});

test("a hostile key __proto__ or constructor changes no prototype", () => {
  const key = (text: string) => [text.length, ...codes(text)];
  const bytes = [H, 0xb2, ...key("__proto__"), ...key("constructor"), 0xb1, ...key("polluted"), tag.TRUE, 1];
  const value = decode(Uint8Array.from(bytes)) as Record<string, unknown>;
  assert.equal(Object.getPrototypeOf(value), Object.prototype);
  assert.equal(({} as Record<string, unknown>).polluted, undefined);
  assert.equal(value.constructor, 1);
  const error = decode(Uint8Array.from([H, tag.ERROR, tag.ERROR_NAME_ONLY, 0x80, tag.UNDEFINED, 0, 1, ...key("__proto__"), 0xa0])) as Error;
  assert.equal(Object.getPrototypeOf(error), Error.prototype);
});

test("after a refused message the next one is read well", () => {
  assert.throws(() => decode(Uint8Array.from([H | tag.HAS_IDENTITY, 0xa3, 0xb1, 1, 0x61, 1, tag.BACK, 9])), SerializationError);
  assert.deepEqual(decode(encode([{ a: 1 }, { a: 2 }]) as Uint8Array), [{ a: 1 }, { a: 2 }]);
});
